using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class PairIdentitiesTests
{
    static readonly string[] Files = ["x/ann/1.jpg", "x/ann/2.jpg", "x/bob/1.jpg", "y/ann/3.jpg"];

    [Fact]
    public void A_folders_name_is_a_person_wherever_the_folder_lies()
    {
        FacePair[] pairs = [new(Files[0], Files[3], Same: true, 0), new(Files[0], Files[2], Same: false, 0)];

        Assert.Equal([0, 0, 1, 0], PairIdentities.ByFolder(pairs, Files) ?? []);
    }

    [Theory]
    [InlineData("x/ann/1.jpg", "x/bob/1.jpg", true)]
    [InlineData("x/ann/1.jpg", "y/ann/3.jpg", false)]
    public void One_pair_that_disagrees_is_enough_to_know_nothing(string a, string b, bool same)
    {
        FacePair[] pairs = [new(Files[0], Files[1], Same: true, 0), new(a, b, same, 0)];

        Assert.Null(PairIdentities.ByFolder(pairs, Files));
    }
}
