using System.Text.Encodings.Web;
using System.Xml.Linq;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Pages;
using Microsoft.AspNetCore.Html;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>Charts, and the figures behind them.</summary>
public sealed class ChartsTests
{
    [Fact]
    public void A_bar_is_as_high_as_its_share_of_the_scale_and_stands_on_the_one_below_it()
    {
        var bars = Rects(Charts.Stacked("decisions", [new ChartBar("08", [50, 25]), new ChartBar("09", [0, 0])], ["sok", "s2"]));

        Assert.Equal(2, bars.Count); // nothing is drawn of a zero
        Assert.Equal(["sok", "s2"], bars.Select(bar => (string?)bar.Attribute("class")));
        Assert.Equal(Number(bars[0], "height"), 2 * Number(bars[1], "height"), 0.1);
        Assert.Equal(Number(bars[0], "y"), Number(bars[1], "y") + Number(bars[1], "height"), 0.1);
    }

    [Fact]
    public void A_chart_of_nothing_is_a_picture_all_the_same()
    {
        Assert.Empty(Rects(Charts.Stacked("nothing", [], ["sok"])));
        Assert.Empty(Rects(Charts.Lying("nothing", [])));
    }

    [Fact]
    public void Words_in_a_chart_are_no_markup()
    {
        var text = Text(Charts.Lying("<b>\"", [("<script>", 3, "s1")]));

        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.Equal("<script>", XElement.Parse(text).Elements("text").First().Value);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 5)]
    [InlineData(20, 20)]
    [InlineData(51, 100)]
    [InlineData(1234, 2000)]
    public void A_scale_ends_at_a_round_number(double most, double end) => Assert.Equal(end, Charts.Ceiling(most));

    [Theory]
    [InlineData(100, 0.5)]
    [InlineData(150, 0.75)]
    [InlineData(50, 0.25)]
    public void A_time_lies_in_its_class_along_classes_of_equal_width(double ms, double place) => Assert.Equal(place, Charts.Place(ms, [100, 200], 2));

    [Fact]
    public void A_time_above_all_classes_has_no_place() => Assert.Null(Charts.Place(201, [100, 200], 3));

    [Fact]
    public void A_percentile_lies_in_the_class_where_that_many_are_reached()
    {
        var swift = new long[EventSummary.LatencyClasses.Length + 1];
        (swift[0], swift[1], swift[^1]) = (50, 40, 10);
        var day = new DayFigures(default, 24, [], swift);

        Assert.Equal(100, day.Percentile(0.5));
        Assert.Equal(150, day.Percentile(0.7));
        Assert.Null(day.Percentile(0.95)); // above the last class: nobody knows how far
        Assert.Null(new DayFigures(default, 24, [], new long[swift.Length]).Percentile(0.5));
    }

    static List<XElement> Rects(IHtmlContent picture) => [.. XElement.Parse(Text(picture)).Elements("rect")];

    static double Number(XElement element, string name) => double.Parse((string?)element.Attribute(name) ?? "", System.Globalization.CultureInfo.InvariantCulture);

    static string Text(IHtmlContent content)
    {
        using var writer = new StringWriter();
        content.WriteTo(writer, HtmlEncoder.Default);
        return writer.ToString();
    }
}
