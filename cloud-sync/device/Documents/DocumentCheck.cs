namespace EdgeFace.Documents;

/// <summary>
/// What a record's own <c>void Check(DocumentCheck check)</c> says its faults to, when it has such a method: what no single
/// value can know, such as that one name stands for another. It is asked also when other things are wrong; what could not be
/// read is blank then.
/// </summary>
sealed class DocumentCheck(DocumentNode node, List<DocumentFault> faults)
{
    /// <param name="what">What is wrong, the value, the limit.</param>
    /// <param name="steps">From the record to the value: keys and indices. What is not there stands at its parent.</param>
    public void Fault(string what, params ReadOnlySpan<object> steps) => faults.Add(Walk(steps).Fault(what));

    /// <summary>
    /// Nothing is wrong with it itself, be it there or not. Of what is wrong, nothing follows from what it does not hold.
    /// </summary>
    public bool IsSound(params ReadOnlySpan<object> steps) => Find(steps) is not { } at || !HasFault(at);

    bool HasFault(DocumentNode at) => faults.Any(fault => fault.Path == at.Path);

    DocumentNode? Find(ReadOnlySpan<object> steps)
    {
        DocumentNode? at = node;
        foreach (var step in steps) at = at?.Step(step);
        return at;
    }

    DocumentNode Walk(ReadOnlySpan<object> steps)
    {
        var at = node;
        foreach (var step in steps)
        {
            if (at.Step(step) is not { } next) break;
            at = next;
        }

        return at;
    }
}
