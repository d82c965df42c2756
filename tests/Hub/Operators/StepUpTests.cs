using System.Net;
using EdgeFace.Hub.Operators;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class StepUpTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void It_is_asked_for_whichever_of_several_handlers_is_named_first()
    {
        var asks = new StepUpAttribute("Create");
        Assert.True(asks.Asks("create"));
        Assert.True(asks.Asks(new StringValues(["Create", "x"])));
        Assert.True(asks.Asks(new StringValues(["x", "Create"])));
        Assert.False(asks.Asks("x"));
        Assert.False(asks.Asks(StringValues.Empty));
        Assert.True(new StepUpAttribute().Asks(StringValues.Empty));
    }

    [Fact]
    public async Task A_session_that_is_not_fresh_opens_no_door_over_the_api_and_may_lock_all_of_them()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var hub = await HubUnderTest.StartAsync(time: time);
        var owner = await hub.SignInAsync(OperatorRole.Owner);
        time.Advance(StepUp.Within + TimeSpan.FromMinutes(1));

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(owner, "/api/devices/front/commands", """{"command": "unlock", "door": "front"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(owner, "/api/lockdown", """{"off": true}"""));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(owner, "/api/lockdown", """{"off": false}"""));
    }

    [Theory, InlineData(0), InlineData(-5), InlineData(301), InlineData(1e9)]
    public async Task No_program_unlocks_a_door_for_longer_than_a_person_may(double seconds)
    {
        await using var hub = await HubUnderTest.StartAsync();
        var owner = await hub.SignInAsync(OperatorRole.Owner);
        var wish = string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"command": "unlock", "door": "front", "seconds": {{seconds}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(owner, "/api/devices/front/commands", wish));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(owner, "/api/devices/front/commands", """{"command": "unlock", "door": "front", "seconds": 300}"""));
    }

    static async Task<HttpStatusCode> PostAsync(HttpClient browser, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await browser.SendAsync(request, Stop);
        return answer.StatusCode;
    }
}
