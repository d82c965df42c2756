namespace EdgeFace.Profiles;

/// <summary>What a sensor measures.</summary>
public enum SensorQuantity
{
    None,

    /// <summary>Watts.</summary>
    Power,

    /// <summary>Degrees Celsius.</summary>
    Temperature,
}

/// <summary>What a sensor said.</summary>
/// <param name="Name">Of the profile, or of what the command said.</param>
/// <param name="Quantity">What it measures.</param>
/// <param name="Value">In watts or degrees Celsius; null: it did not say.</param>
/// <param name="Source">The file or the command; of one that did not say, the first that was asked.</param>
sealed record SensorReading(string Name, SensorQuantity Quantity, double? Value, string Source);
