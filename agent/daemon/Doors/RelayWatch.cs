namespace EdgeFace.Doors;

/// <summary>Whether a relay stands as it was told: a few looks in a row that disagree are no bounce of its own contacts.</summary>
sealed class RelayWatch
{
    const int DisagreementsMax = 3;

    int _disagreements;

    /// <returns>Whether it is a fault with this look; said once.</returns>
    public bool Fails(bool agrees)
    {
        _disagreements = agrees ? 0 : _disagreements + 1;
        return _disagreements == DisagreementsMax;
    }

    public void Forget() => _disagreements = 0;
}
