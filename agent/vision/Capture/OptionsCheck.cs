using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace EdgeFace.Capture;

/// <summary>
/// Holds options against the ranges that stand on their properties: whoever takes options asks here, once, when it is made.
/// </summary>
static class OptionsCheck
{
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">A value is out of its range or no number; the message names option, value and bounds.</exception>
    public static T Ensure<T>(T options) where T : class
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<RangeAttribute>() is not { } range) continue;

            // Not RangeAttribute.IsValid: where the bounds are whole numbers, it rounds the value before it looks.
            var value = Convert.ToDouble(property.GetValue(options), CultureInfo.InvariantCulture);
            var (least, most) = (Bound(range.Minimum), Bound(range.Maximum));
            if (value >= least && value <= most) continue;

            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{options.GetType().Name}.{property.Name} is {value}; it takes {least} to {most}."), nameof(options));
        }

        return options;
    }

    static double Bound(object bound) => Convert.ToDouble(bound, CultureInfo.InvariantCulture);
}
