using Xunit.Sdk;
using Xunit.v3;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>The tests of a class as they stand in its source: each goes on where the one before has ended.</summary>
sealed class InTheirOrder : ITestMethodOrderer
{
    public IReadOnlyCollection<TTestMethod?> OrderTestMethods<TTestMethod>(IReadOnlyCollection<TTestMethod?> testMethods) where TTestMethod : notnull, ITestMethod =>
        [.. testMethods.OrderBy(test => (test as IXunitTestMethod)?.FactAttributes.FirstOrDefault()?.SourceLineNumber ?? 0)];
}
