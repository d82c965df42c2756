using System.Net;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>Every endpoint that there is, and who may call it: by the one table, and by nothing else.</summary>
public sealed class RoleMatrixTests
{
    static readonly string[] Writing = ["POST", "PUT", "PATCH", "DELETE"];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_says_what_it_needs_or_is_on_the_list_of_those_that_answer_anybody()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var endpoints = await EndpointsAsync(hub);

        Assert.True(endpoints.Count > 10);
        Assert.Empty(endpoints.Where(one => one.Needs is null && !one.IsOpen).Select(one => one.Route));
        Assert.Empty(endpoints.Where(one => one.Needs is not null && one.IsOpen).Select(one => one.Route));
        Assert.Empty(endpoints.Where(one => one.IsOpen).Select(one => one.Route).Except(OpenEndpoints.Routes));
        Assert.Empty(endpoints.Where(one => one.Needs is Permission.Nothing).Select(one => one.Route));
    }

    [Fact]
    public async Task Only_the_page_of_errors_takes_a_post_without_a_token_of_a_form()
    {
        await using var hub = await HubUnderTest.StartAsync();

        Assert.Equal(["/error/{code?}"],
            from one in await EndpointsAsync(hub)
            where one.IsPage && one.Endpoint.Metadata.GetMetadata<IgnoreAntiforgeryTokenAttribute>() is not null
            select one.Route);
    }

    [Fact]
    public async Task Every_endpoint_answers_every_role_as_the_table_says()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var endpoints = (await EndpointsAsync(hub)).Where(one => !one.IsOpen).ToArray();
        var wrong = new List<string>();
        foreach (var role in Enum.GetValues<OperatorRole>())
        {
            var browser = await hub.SignInAsync(role, withFormToken: false);
            foreach (var one in endpoints)
            {
                var may = Rights.May(role, one.Needs ?? Permission.Nothing);
                foreach (var method in one.Methods)
                {
                    var status = await AskAsync(browser, method, one.Path);
                    var isRight = !may ? status is HttpStatusCode.Forbidden
                        : Writing.Contains(method) ? status is HttpStatusCode.BadRequest or HttpStatusCode.Redirect
                        : status is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.Redirect or HttpStatusCode.BadRequest;
                    if (!isRight) wrong.Add($"{role} {method} {one.Path}: {(int)status}, may: {may}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Nobody_is_led_to_the_page_of_sign_in_and_a_program_is_told_so()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.AddAsync("anna", OperatorRole.Owner);
        var nobody = hub.Browser(withFormToken: false);
        var wrong = new List<string>();
        foreach (var one in (await EndpointsAsync(hub)).Where(one => !one.IsOpen))
        {
            foreach (var method in one.Methods)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), one.Path);
                using var answer = await nobody.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
                var isRight = one.Path.StartsWith("/api", StringComparison.Ordinal) || one.Path.StartsWith("/metrics", StringComparison.Ordinal)
                    ? answer.StatusCode is HttpStatusCode.Unauthorized
                    : answer.StatusCode is HttpStatusCode.Redirect && answer.Headers.Location?.ToString().StartsWith("/signin?back=", StringComparison.Ordinal) == true;
                if (!isRight) wrong.Add($"{method} {one.Path}: {(int)answer.StatusCode} {answer.Headers.Location}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task What_is_nowhere_is_hidden_from_nobody_and_told_to_who_is_signed_in()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var auditor = await hub.SignInAsync(OperatorRole.Auditor);

        Assert.Equal(HttpStatusCode.Redirect, await AskAsync(hub.Browser(withFormToken: false), "GET", "/nowhere"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(hub.Browser(withFormToken: false), "GET", "/api/nowhere"));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(auditor, "GET", "/nowhere"));
    }

    [Fact]
    public async Task A_token_may_what_its_scopes_say_and_nothing_else()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var endpoints = (await EndpointsAsync(hub)).Where(one => !one.IsOpen && one.Methods.Contains("GET")).ToArray();
        var program = await hub.ProgramAsync(Permission.Audit);
        var wrong = new List<string>();
        foreach (var one in endpoints)
        {
            var isForbidden = await AskAsync(program, "GET", one.Path) is HttpStatusCode.Forbidden;
            if (isForbidden == one.Needs is Permission.Audit) wrong.Add(one.Path);
        }

        Assert.Empty(wrong);
    }

    static async Task<HttpStatusCode> AskAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return answer.StatusCode;
    }

    static async Task<List<Found>> EndpointsAsync(HubUnderTest hub)
    {
        var loader = hub.The<PageLoader>();
        var found = new List<Found>();
        foreach (var endpoint in hub.The<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var whole = endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page
                ? (await loader.LoadAsync(page, endpoint.Metadata)).Endpoint ?? endpoint : endpoint;
            found.Add(new Found(endpoint, whole));
        }

        return [.. found.DistinctBy(one => (one.Path, string.Join(' ', one.Methods)))];
    }

    sealed record Found(RouteEndpoint Plain, Endpoint Endpoint)
    {
        public string Route => $"/{Plain.RoutePattern.RawText?.TrimStart('/')}";

        /// <summary>With something in place of each parameter.</summary>
        public string Path => "/" + string.Join('/', Plain.RoutePattern.PathSegments.Select(segment =>
            string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "1"))));

        public bool IsPage => Endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null;

        public bool IsOpen => Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

        public Permission? Needs => Endpoint.Metadata.GetMetadata<NeedsAttribute>()?.Permission;

        public string[] Methods => IsPage ? ["GET", "POST"]
            : [.. Plain.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]];
    }
}
