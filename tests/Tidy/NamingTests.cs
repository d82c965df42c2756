using System.Reflection;
using System.Text.RegularExpressions;
using EdgeFace.Cli;
using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Tidy;

public sealed partial class NamingTests
{
    /// <summary>Words that say nothing: a type that needs one has no job, or two.</summary>
    static readonly string[] Empty =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Misc", "Impl", "Info", "Data", "Service"];

    static readonly Assembly[] Product =
        [typeof(ModelCard).Assembly, typeof(CommandLine).Assembly, Assembly.Load("EdgeFace.CloudSync")];

    static IEnumerable<Type> Own => Product.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Namespace?.StartsWith("EdgeFace", StringComparison.Ordinal) == true && !type.Name.Contains('<'));

    [Fact]
    public void No_type_is_named_with_an_empty_word() => Assert.Empty(
        from type in Own
        from word in Words().Matches(type.Name).Select(match => match.Value)
        where Empty.Contains(word)
        select $"{type.FullName}: {word}");

    /// <summary>A type with its folder's name hides one of the two from everyone inside EdgeFace.*.</summary>
    [Fact]
    public void No_type_bears_the_name_of_a_folder()
    {
        var folders = Repository.Sources().Select(source => source.Floor).ToHashSet();

        Assert.Empty(Own.Where(type => folders.Contains(type.Name)).Select(type => type.FullName));
    }

    [Fact]
    public void An_interface_is_shipped_at_least_twice() => Assert.Empty(
        from seam in Own
        where seam.IsInterface
        let shipped = Own.Count(type => !type.IsInterface && !type.IsAbstract && Implements(type, seam))
        where shipped < 2
        select $"{seam.FullName} is shipped {shipped} times");

    [Fact]
    public void The_types_that_are_looked_at_are_there() => Assert.Contains(typeof(ModelCard), Own);

    static bool Implements(Type type, Type seam) => type.GetInterfaces()
        .Any(has => has == seam || has.IsGenericType && has.GetGenericTypeDefinition() == seam);

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();
}
