using System.Globalization;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Webhooks;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Webhooks;

/// <summary>What a receiver gets, whatever it answers and whoever is killed meanwhile.</summary>
public sealed class WebhookDeliveryTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Events_come_in_order_signed_and_without_names(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new WebhookBed(made.Database);
        await using var receiver = await WebhookReceiver.StartAsync();
        await bed.KeepAsync(WebhookBed.Events(1, 10));
        var (_, secret) = await bed.MakeAsync(receiver.Url);
        await bed.StartAsync();

        await bed.KeepAsync(WebhookBed.Events(11, 300));
        await Eventually.TrueAsync(() => receiver.Seqs.Count >= 300);

        Assert.Equal(Enumerable.Range(11, 300).Select(seq => (long)seq), receiver.Seqs); // and not what was there before it was made
        Assert.All(receiver.Taken, message =>
        {
            Assert.True(message.IsSignedWith(secret));
            Assert.Equal("application/cloudevents-batch+json; charset=utf-8", message.ContentType);
            Assert.InRange(message.Events.Count, 1, WebhookBatch.EventsMax);
            Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(message.Time, CultureInfo.InvariantCulture), -5, 300);
        });
        Assert.All(receiver.Taken.SelectMany(message => message.Events), what => Assert.Equal("1.0", what.GetProperty("specversion").GetString()));
        Assert.Equal(receiver.Taken.Count, receiver.Taken.Select(message => message.Id).Distinct().Count());
    }

    [Fact]
    public void The_signature_is_the_one_that_the_specification_gives_as_its_example()
    {
        var secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var at = DateTimeOffset.FromUnixTimeSeconds(1614265330);

        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSecret.Sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, "{\"test\": 2432232314}"u8));
    }

    [Fact]
    public async Task A_receiver_that_fails_is_late_leads_elsewhere_and_breaks_off_misses_nothing()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new WebhookBed(made.Database);
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var elsewhere = await WebhookReceiver.StartAsync();
        var (id, _) = await bed.MakeAsync(receiver.Url);
        var turn = 0;
        receiver.Answer = async http =>
        {
            switch (turn++ % 6)
            {
                case 0: return 500;
                case 1:
                    await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted));
                    return 200;
                case 2:
                    http.Response.Headers.Location = elsewhere.Url;
                    return 307;
                case 3:
                    http.Abort();
                    return 400;
                default: return 200;
            }
        };
        await bed.StartAsync();

        for (var round = 0; round < 4; round++)
        {
            await bed.KeepAsync(WebhookBed.Events((round * 50) + 1, 50));
            await Eventually.TrueAsync(() => receiver.Seqs.Distinct().Count() == (round + 1) * 50);
        }

        // What was answered after the hub had given up waiting is sent once more: at least once, and in order.
        Assert.Equal(Enumerable.Range(1, 200).Select(seq => (long)seq), receiver.Seqs.Distinct());
        Assert.Empty(elsewhere.Heard);
        var log = await bed.Store.LogAsync(id, 200, Stop);
        Assert.Contains(log, each => each.Status == 500);
        Assert.Contains(log, each => each.Status is null && each.Fault?.StartsWith("No answer within", StringComparison.Ordinal) == true);
        Assert.Contains(log, each => each.Status == 307);
        Assert.Contains(receiver.Heard.GroupBy(message => message.Id), same => same.Count() > 1); // one message keeps its id
    }

    [Fact]
    public async Task A_receiver_that_answers_410_gets_nothing_more_until_an_operator_says_so()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new WebhookBed(made.Database);
        await using var receiver = await WebhookReceiver.StartAsync();
        var (id, _) = await bed.MakeAsync(receiver.Url);
        receiver.Answer = _ => Task.FromResult(410);
        await bed.StartAsync();
        await bed.KeepAsync(WebhookBed.Events(1, 5));
        await UntilAsync(bed, id, webhook => webhook.State is WebhookState.Gone);
        Assert.Equal([id], (await bed.Store.TroubledAsync(Stop)).Select(each => each.Id));
        Assert.Contains(await bed.Audit.ListAsync(new AuditQuery(), 100, Stop), row => row is { Actor: "hub", Action: "webhook.gone" });

        receiver.Answer = _ => Task.FromResult(200);
        await bed.KeepAsync(WebhookBed.Events(6, 5));
        Assert.Single(receiver.Heard);
        Assert.Null(await bed.Desk.ResumeAsync("anna", id, Stop));
        await Eventually.TrueAsync(() => receiver.Seqs.Count >= 10);

        Assert.Equal(Enumerable.Range(1, 10).Select(seq => (long)seq), receiver.Seqs);
    }

    [Fact]
    public async Task A_receiver_that_takes_nothing_for_long_is_given_up_seen_on_the_dashboard_and_misses_nothing()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new WebhookBed(made.Database, giveUp: TimeSpan.FromSeconds(0.5));
        await using var receiver = await WebhookReceiver.StartAsync();
        var (id, _) = await bed.MakeAsync(receiver.Url);
        receiver.Answer = _ => Task.FromResult(503);
        await bed.StartAsync();
        await bed.KeepAsync(WebhookBed.Events(1, 5));

        await UntilAsync(bed, id, webhook => webhook.State is WebhookState.Failed);
        var failed = Assert.Single(await bed.Store.TroubledAsync(Stop));
        Assert.Equal("It answered 503.", failed.Fault);
        Assert.InRange(failed.Failures, 3, 100);
        receiver.Answer = _ => Task.FromResult(200);
        Assert.Null(await bed.Desk.ResumeAsync("anna", id, Stop));

        await Eventually.TrueAsync(() => receiver.Seqs.Count >= 5);
        Assert.Equal([1, 2, 3, 4, 5], receiver.Seqs);
        Assert.Empty(await bed.Store.TroubledAsync(Stop));
    }

    [Fact]
    public async Task A_receiver_that_asks_for_time_gets_it()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new WebhookBed(made.Database);
        await using var receiver = await WebhookReceiver.StartAsync();
        var (id, _) = await bed.MakeAsync(receiver.Url);
        receiver.Answer = http =>
        {
            http.Response.Headers.RetryAfter = "1800";
            return Task.FromResult(429);
        };
        await bed.StartAsync();
        await bed.KeepAsync(WebhookBed.Events(1, 1));

        await UntilAsync(bed, id, webhook => webhook.NextAt > DateTimeOffset.UtcNow + TimeSpan.FromMinutes(29));
        Assert.Single(receiver.Heard);
        Assert.Equal(WebhookPace.RetryAfterMax, bed.Pace.After(1, TimeSpan.FromDays(9)));
        Assert.InRange(WebhookPace.Of(TimeSpan.FromHours(1)).After(1, null), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.InRange(WebhookPace.Of(TimeSpan.FromHours(1)).After(1_000, null), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Instances_that_are_stopped_in_the_middle_lose_nothing(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        await using var bed = new WebhookBed(made.Database);
        await using var database = made.Again();
        await using var other = new WebhookBed(database, folder: bed.Folder);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async _ =>
        {
            await Task.Delay(15, Stop);
            return 200;
        };
        await bed.MakeAsync(receiver.Url);
        const int Rounds = 6, Each = 150;
        for (var round = 0; round < Rounds; round++)
        {
            var loop = await (round % 2 == 0 ? bed : other).StartAsync();
            await bed.KeepAsync(WebhookBed.Events((round * Each) + 1, Each));
            var before = receiver.Seqs.Count;
            await Eventually.TrueAsync(() => receiver.Seqs.Count > before);
            await loop.StopAsync(new CancellationToken(canceled: true)); // nothing is finished, nothing is written
        }

        await other.StartAsync();
        await Eventually.TrueAsync(() => receiver.Seqs.Distinct().Count() == Rounds * Each);

        Assert.Equal(Enumerable.Range(1, Rounds * Each).Select(seq => (long)seq), receiver.Seqs.Distinct());
    }

    [Fact]
    public async Task Of_two_instances_one_delivers()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        await using var bed = new WebhookBed(made.Database);
        await using var database = made.Again();
        await using var other = new WebhookBed(database, folder: bed.Folder);
        await using var receiver = await WebhookReceiver.StartAsync();
        await bed.MakeAsync(receiver.Url);
        await bed.StartAsync();
        await other.StartAsync();

        await bed.KeepAsync(WebhookBed.Events(1, 400));
        await Eventually.TrueAsync(() => receiver.Seqs.Count >= 400);

        Assert.Equal(Enumerable.Range(1, 400).Select(seq => (long)seq), receiver.Seqs); // none twice
    }

    [Fact]
    public async Task What_a_webhook_does_not_take_it_does_not_get_and_names_only_where_it_was_said()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new WebhookBed(made.Database);
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var named = await WebhookReceiver.StartAsync();
        var person = await bed.People.AddAsync(
            new PersonDetails("Zoë \"Z\" O'Neil", new PushedConsent(DateTimeOffset.UtcNow, "1"), "tess"), [], "main",
            [new NewTemplate("m@1", [.. Enumerable.Repeat(1 / MathF.Sqrt(512), 512)], 0.9f, DateTimeOffset.UtcNow)], "photo", null, Stop);
        await bed.MakeAsync(receiver.Url, new WebhookFilter(["granted", "door.*"], ["door-1/front"], []));
        await bed.MakeAsync(named.Url, new WebhookFilter([], [], ["denied", "alarm", "granted"]), names: true);
        await bed.StartAsync();

        await bed.KeepAsync(
            WebhookBed.Event(1, person: person), WebhookBed.Event(2, "denied.spoof"), WebhookBed.Event(3, "door.opened", priority: OutboxPriority.Telemetry),
            WebhookBed.Event(4, device: "door-2"), WebhookBed.Event(5, "door.forced", priority: OutboxPriority.Alarm), WebhookBed.Event(6, "camera.lost", priority: OutboxPriority.Telemetry));
        await Eventually.TrueAsync(() => receiver.Seqs.Count >= 3 && named.Seqs.Count >= 4);

        Assert.Equal([1, 3, 5], receiver.Seqs);
        Assert.Equal([1, 2, 4, 5], named.Seqs);
        Assert.DoesNotContain(receiver.Taken, message => System.Text.Encoding.UTF8.GetString(message.Body).Contains("Zo", StringComparison.Ordinal));
        Assert.Equal("Zoë \"Z\" O'Neil", named.Taken[0].Events[0].GetProperty("personname").GetString());
        Assert.Contains(await bed.Audit.ListAsync(new AuditQuery("with names"), 10, Stop), row => row.Action == "webhook.create");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task All_from_a_time_on_is_delivered_once_more(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
        await using var past = new WebhookBed(made.Database, time);
        await using var bed = new WebhookBed(made.Database, folder: past.Folder);
        await using var receiver = await WebhookReceiver.StartAsync();
        for (var hour = 0; hour < 4; hour++)
        {
            await past.KeepAsync(WebhookBed.Events((hour * 10) + 1, 10));
            time.Advance(TimeSpan.FromHours(1));
        }

        var (id, _) = await bed.MakeAsync(receiver.Url);
        await bed.StartAsync();
        Assert.Null(await bed.Desk.ReplayAsync("anna", id, new DateTimeOffset(2026, 5, 4, 13, 30, 0, TimeSpan.Zero), Stop));
        await Eventually.TrueAsync(() => receiver.Seqs.Count >= 20);

        Assert.Equal(Enumerable.Range(21, 20).Select(seq => (long)seq), receiver.Seqs);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var bed = new WebhookBed(made.Database);
        await using var receiver = await WebhookReceiver.StartAsync();
        var (id, _) = await bed.MakeAsync(receiver.Url);
        receiver.Answer = async http =>
        {
            var some = new byte[65_536];
            while (!http.RequestAborted.IsCancellationRequested) await Task.WhenAny(http.Response.Body.WriteAsync(some, http.RequestAborted).AsTask());
            return 200;
        };

        var (result, fault) = await bed.Desk.PingAsync("anna", id, Stop);

        Assert.Null(fault);
        Assert.Equal(200, result?.Status);
    }

    [Fact]
    public async Task The_log_of_a_webhook_is_bounded_and_the_old_secret_signs_for_a_day()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var bed = new WebhookBed(made.Database, time);
        await using var receiver = await WebhookReceiver.StartAsync();
        var (id, secret) = await bed.MakeAsync(receiver.Url);
        for (var i = 0; i < 210; i++) await bed.Store.LogAsync(id, WebhookBatch.Ping(id, time.GetUtcNow()), new WebhookResult(200, 1, null), Stop);
        await using (var connection = await made.Database.OpenAsync(Stop))
            Assert.Equal(200, await EdgeFace.Hub.Storage.Sql.NumberAsync(connection, "SELECT count(*) FROM webhook_delivery", [], Stop));

        var (next, _) = await bed.Desk.RotateAsync("anna", id, Stop);
        await bed.Desk.PingAsync("anna", id, Stop);
        time.Advance(WebhookDesk.BothSign);
        await bed.Desk.PingAsync("anna", id, Stop);

        Assert.NotEqual(secret, next);
        Assert.Equal(
            [(true, true), (false, true)], receiver.Taken.Select(message => (message.IsSignedWith(secret), message.IsSignedWith(next ?? ""))));
    }

    static async Task UntilAsync(WebhookBed bed, string id, Func<Webhook, bool> condition)
    {
        Webhook? now = null;
        for (var i = 0; i < 1_500 && !condition(now = await bed.FindAsync(id)); i++) await Task.Delay(20, Stop);
        Assert.True(now is not null && condition(now), $"It never came to that: {now}");
    }
}
