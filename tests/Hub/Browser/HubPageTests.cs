using System.Text.RegularExpressions;
using EdgeFace.Tests.Cli;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>The hub as people use it: in a real browser, with a real device. One story, a chapter after the other.</summary>
[TestMethodOrderer(typeof(InTheirOrder))]
public sealed class HubPageTests(HubStory story) : IClassFixture<HubStory>
{
    const string Person = "Franck Demo", Friend = "Audrey Example";

    [Fact]
    public Task The_first_owner_is_made_with_the_code_that_the_hub_prints() => story.PlayAsync("owner", async page =>
    {
        await page.GotoAsync("/");
        await page.GotoAsync(story.Setup);
        await LookAsync(page, "/setup", "setup", isSignedIn: false);
        await page.GetByLabel("Your name for signing in").FillAsync(HubStory.Owner);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(HubStory.Password);
        await page.GetByLabel("The password again").FillAsync(HubStory.Password + "!");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the first owner" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The two passwords differ");

        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(HubStory.Password);
        await page.GetByLabel("The password again").FillAsync(HubStory.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the first owner" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/setup/door$"));
    });

    [Fact]
    public Task The_first_door_comes_by_the_line_that_the_page_gives_to_copy() => story.PlayAsync("door", async page =>
    {
        await page.GetByLabel("Name of the device").FillAsync(HubStory.Device);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a code" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync($"Waiting for {HubStory.Device}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).First.ClickAsync();
        var line = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Equal((await page.Locator(".copy code").First.InnerTextAsync()).Trim(), line);
        await LookAsync(page, "/setup/door", "setup-door");

        var (code, said) = await story.TypeAsync(line);
        Assert.True(code == 0, said);
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("is registered, and not connected yet");
        story.StartDevice();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync($"{HubStory.Device} is here, and online.");
        await PageLook.PictureAsync(page, "light/setup-door-online.png");
        var again = await story.TypeAsync(line);
        Assert.True(again.Code == 3, $"A code is good once: {again.Code} {again.Said}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on: the first person" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/setup/person$"));
    });

    [Fact]
    public Task The_first_person_is_enrolled_by_photos_and_not_before_the_consent() => story.PlayAsync("person", async page =>
    {
        await LookAsync(page, "/setup/person", "setup-person");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(Person);
        await page.GetByLabel("Groups, separated by commas").FillAsync("staff, night shift");
        await page.GetByLabel("Choose photos").SetInputFilesAsync(story.PhotosOfPerson(1, 2, 3));
        await Expect(page.Locator("[data-chosen] li")).ToHaveTextAsync(["franck-1.png", "franck-2.png", "franck-3.png"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Enrol", Exact = true }).ClickAsync();
        Assert.EndsWith("/setup/person", page.Url, StringComparison.Ordinal); // the browser itself asks for the tick
        await page.GetByLabel("The person has read version 1").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Enrol", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/setup/opening[?]person="));
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync($"{HubStory.Door} has opened for {Person}");
        await LookAsync(page, "/setup/opening", "setup-opening");
        await page.GetByRole(AriaRole.Link, new() { Name = "To the dashboard" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(story.Address + "/");
    });

    [Fact]
    public Task The_push_reaches_the_device_the_door_opens_and_the_events_come_by_themselves() => story.PlayAsync("push", async page =>
    {
        await page.GotoAsync($"/devices/{HubStory.Device}");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "People at this device" })).ToContainTextAsync("People1");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "People at this device" }).Locator(".badge.ok")).ToHaveTextAsync("newest");

        await page.GotoAsync("/events");
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live.");
        await page.EvaluateAsync("() => { window.isStill = true; }");
        var news = page.Locator("#rows tr.row-new");
        var granted = news.Filter(new() { Has = page.Locator(".badge.ok", new() { HasTextString = "Granted" }) }).First;
        await Expect(granted).ToContainTextAsync(Person);
        await Expect(granted).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"similarity 0\.\d+, at least 0\.\d+ is needed"));
        var denied = news.Filter(new() { HasTextString = "Denied: nobody known" }).First;
        await Expect(denied).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"similarity -?0\.\d+, at least 0\.\d+ is needed|nobody to compare with"));
        await Expect(news.Filter(new() { HasTextString = "Unlocked" }).First).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => window.isStill === true"), "The page was loaded anew.");

        await granted.GetByRole(AriaRole.Link, new() { Name = Person }).ClickAsync();
        await Expect(page.Locator(".way")).ToContainTextAsync("The one device has it");
        await Expect(page.Locator("#events")).ToContainTextAsync("Granted");
    });

    [Fact]
    public Task Photos_get_a_verdict_in_words_and_a_picture_of_what_was_seen() => story.PlayAsync("photos", async page =>
    {
        await page.GotoAsync("/enroll");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(Friend);
        await page.GetByLabel("staff").CheckAsync();
        await page.GetByLabel("The person has read version 1").CheckAsync();
        await page.GetByLabel("Choose photos").SetInputFilesAsync(
        [
            story.Still("audrey.jpg"), HubStory.Photo("blurred.png", Pictures.Blurred(story.MediaFile("audrey.jpg"), 10)),
            HubStory.Photo("wall.png", Pictures.Blank()), HubStory.Photo("two.png", Pictures.SideBySide(story.MediaFile("audrey.jpg"), story.MediaFile("cage.jpg"))),
        ]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Only look at the photos" }).ClickAsync();
        var good = page.Locator(".faces li.good");
        await Expect(good).ToHaveCountAsync(1);
        await Expect(good.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("alt", "What was seen in audrey.jpg");
        await Expect(page.Locator(".faces li.bad")).ToHaveCountAsync(3);
        await Expect(page.Locator(".faces li.bad").Filter(new() { HasTextString = "blurred.png" })).ToContainTextAsync("The face is blurred: sharpness");
        await Expect(page.Locator(".faces li.bad").Filter(new() { HasTextString = "wall.png" })).ToContainTextAsync("No face was found.");
        await Expect(page.Locator(".faces li.bad").Filter(new() { HasTextString = "two.png" })).ToContainTextAsync("2 faces were found where one is allowed.");
        await Expect(page.Locator(".faces li.bad").Filter(new() { HasTextString = "blurred.png" }).GetByRole(AriaRole.Img)).ToBeVisibleAsync();
        Assert.True(await good.GetByRole(AriaRole.Img).EvaluateAsync<bool>("picture => picture.complete && picture.naturalWidth > 50"));
        await Expect(page.GetByText("Recorded: agreed to text version 1")).ToBeVisibleAsync();
        await LookAsync(page, "/enroll", "enroll-verdicts");

        await page.GetByRole(AriaRole.Button, new() { Name = "Enrol with the 1 good photo" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/people/.*[?]done=enrolled$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Friend);
        await Expect(page.Locator(".way")).ToContainTextAsync("The one device has it");
    });

    [Fact]
    public Task Photos_that_are_dropped_are_taken_and_a_known_face_stands_beside_the_new_one() => story.PlayAsync("drop", async page =>
    {
        await page.GotoAsync("/enroll");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Andrea Double");
        await page.GetByLabel("The person has read version 1").CheckAsync();
        var still = story.Still("audrey.jpg");
        var files = await page.EvaluateHandleAsync(
            """
            photo => {
                const all = new DataTransfer();
                const bytes = Uint8Array.from(atob(photo), letter => letter.charCodeAt(0));
                for (const name of ['dropped-1.jpg', 'dropped-2.jpg']) all.items.add(new File([bytes], name, { type: 'image/jpeg' }));
                return all;
            }
            """, Convert.ToBase64String(still.Buffer));
        await page.Locator("[data-drop]").DispatchEventAsync("dragover", new { dataTransfer = files });
        await Expect(page.Locator("[data-drop]")).ToHaveClassAsync("drop over");
        await page.Locator("[data-drop]").DispatchEventAsync("drop", new { dataTransfer = files });
        await Expect(page.Locator("[data-chosen] li")).ToHaveTextAsync(["dropped-1.jpg", "dropped-2.jpg"]);

        await page.GetByRole(AriaRole.Button, new() { Name = "Enrol", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Somebody who is enrolled already has this face" })).ToBeVisibleAsync();
        var sides = page.Locator(".sides > div");
        await Expect(sides.Nth(0)).ToContainTextAsync("Andrea Double");
        await Expect(sides.Nth(0).GetByRole(AriaRole.Img)).ToHaveCountAsync(2);
        await Expect(sides.Nth(1)).ToContainTextAsync(Friend);
        await LookAsync(page, "/enroll", "enroll-double");
        await page.GetByRole(AriaRole.Button, new() { Name = "It is the same person" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/people/.*[?]done=added$"));
        await Expect(page.GetByText("The photos were added")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Friend);
    });

    [Fact]
    public Task Many_are_enrolled_from_a_list_and_who_cannot_be_is_named_by_the_line() => story.PlayAsync("bulk", async page =>
    {
        await page.GotoAsync("/enroll");
        await page.GetByRole(AriaRole.Link, new() { Name = "Many at once" }).ClickAsync();
        await page.GetByLabel("The list (CSV").SetInputFilesAsync(new FilePayload
        {
            Name = "people.csv",
            MimeType = "text/csv",
            Buffer = "name,groups,valid_until,consent,photo\nNicolas Film,visitors,2030-12-31,yes,cage.jpg\nSean Film,visitors;night shift,,yes,SeanConnery.jpg\nNobody Said,visitors,,,cage.jpg\nWrong Picture,visitors,,yes,missing.jpg\n"u8.ToArray(),
        });
        await page.GetByLabel("The photos (several files").SetInputFilesAsync([story.Still("cage.jpg"), story.Still("SeanConnery.jpg")]);
        await page.GetByLabel("Those who have a day").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/enroll/bulk/.*$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Refused" })).ToBeVisibleAsync();
        await LookAsync(page, "/enroll/bulk/{id}", "enroll-bulk-job");
    });

    [Fact]
    public Task A_door_is_unlocked_from_the_wall_and_the_site_locked_down_in_one_action() => story.PlayAsync("doors", async page =>
    {
        await page.GotoAsync("/doors");
        var card = page.Locator("#wall li.card").Filter(new() { HasTextString = HubStory.Device });
        await card.GetByRole(AriaRole.Button, new() { Name = $"Unlock {HubStory.Door}" }).ClickAsync();
        await Expect(page.Locator("#wall > p")).ToContainTextAsync($"unlock {HubStory.Door} at {HubStory.Device}: Done");

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lockdown", Exact = true }).ClickAsync();
        await LookAsync(page, "/lockdown", "lockdown");
        await page.GetByRole(AriaRole.Button, new() { Name = "Lock down the whole site" }).ClickAsync();
        await Expect(page.Locator("#commands tbody tr").First).ToContainTextAsync("Done");
        await page.GotoAsync("/doors");
        await Expect(card.Locator("header .badge")).ToHaveTextAsync("Lockdown");
        await Expect(card).ToContainTextAsync("Denied: lockdown"); // the person stands there, and is known
        await Expect(card.GetByRole(AriaRole.Button, new() { Name = $"Unlock {HubStory.Door}" })).ToHaveCountAsync(0); // it would be refused
        await Expect(card.GetByRole(AriaRole.Link, new() { Name = "End lockdown" })).ToBeVisibleAsync();
        await LookAsync(page, "/doors", "doors-lockdown");
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("In lockdown: 1 of 1 doors.");

        await page.GetByRole(AriaRole.Link, new() { Name = "End it" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End the lockdown of the whole site" }).ClickAsync();
        await Expect(page.Locator("#commands tbody tr").First).ToContainTextAsync("Done");
        await page.GotoAsync("/doors");
        await Expect(card.Locator("header .badge")).Not.ToHaveTextAsync("Lockdown");
        await Expect(card).ToContainTextAsync("Granted");
    });

    [Fact]
    public Task A_dangerous_act_asks_who_it_is_and_is_done_then() => story.PlayAsync("verify", async page =>
    {
        await story.AgeSessionsAsync();
        await page.GotoAsync("/doors");
        await page.Locator("#wall li.card").First.GetByRole(AriaRole.Button, new() { Name = $"Unlock {HubStory.Door}" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/verify[?]handler=Act"));
        await Expect(page.GetByText("It is done as soon as you have shown it")).ToBeVisibleAsync();
        await Expect(page.GetByText($"(now: Unlock {HubStory.Door} at {HubStory.Device})")).ToBeVisibleAsync();
        await page.GetByLabel("Your password").FillAsync("not the password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not your password");
        await page.GetByLabel("Your password").FillAsync(HubStory.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/doors[?]sent="));
        await page.GotoAsync("/commands");
        await Expect(page.Locator("#commands tbody tr").First.Locator("td[data-label=Command]")).ToHaveTextAsync("Unlock");
    });

    [Fact]
    public Task An_auditor_sees_and_may_do_nothing_and_an_enroller_gets_no_keys() => story.PlayAsync("roles", async page =>
    {
        var auditor = await OtherOperator.MakeAsync(story, page, "axel", "auditor");
        var sealedSecret = await OtherOperator.WithSecondFactorAsync(story, auditor, "axel");
        Assert.NotEmpty(sealedSecret);
        await auditor.GotoAsync("/");
        await Expect(auditor.Locator("nav.side")).ToContainTextAsync("Audit log");
        foreach (var hidden in new[] { "Enrol", "Galleries", "Operators", "Keys" }) await Expect(auditor.Locator("nav.side").GetByRole(AriaRole.Link, new() { Name = hidden, Exact = true })).ToHaveCountAsync(0);
        await Expect(auditor.GetByRole(AriaRole.Link, new() { Name = "Lockdown" })).ToHaveCountAsync(0);
        await auditor.GotoAsync("/doors");
        await Expect(auditor.Locator("#wall li.card")).ToHaveCountAsync(1);
        await Expect(auditor.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Unlock" })).ToHaveCountAsync(0);
        await OtherOperator.RefusedAsync(auditor, "auditor", "/enroll", "/lockdown", "/doors/act?handler=Unlock", "/keys?handler=Rotate");
        await auditor.GotoAsync("/enroll");
        await LookAsync(auditor, "/error/{code?}", "refused");

        var enroller = await OtherOperator.MakeAsync(story, page, "emma", "enroller");
        await enroller.GotoAsync("/people");
        await Expect(enroller.Locator("nav.side").GetByRole(AriaRole.Link, new() { Name = "Enrol", Exact = true })).ToBeVisibleAsync();
        await OtherOperator.RefusedAsync(enroller, "enroller", "/keys?handler=Rotate", "/lockdown", "/doors/act?handler=Unlock", "/operators?handler=Create", "/audit?handler=Verify");
    });

    [Fact]
    public Task Every_page_is_looked_at_in_light_in_dark_and_on_a_phone() => story.PlayAsync("pages", async page =>
    {
        await new PageWalk(story.Look, page).PrepareAsync(story);
        PageLook.Nothing(await new PageWalk(story.Look, page).WalkAsync(PageWalk.Pages));
    });

    [Fact]
    public Task Whoever_is_erased_is_known_at_no_door_and_the_device_has_signed_for_it() => story.PlayAsync("erasure", async page =>
    {
        await page.GotoAsync("/people");
        await page.GetByRole(AriaRole.Link, new() { Name = Person }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Erase" }).ClickAsync();
        await LookAsync(page, "/people/{id}/erase", "person-erase");
        await page.GetByLabel("Why").FillAsync("the person has asked for it");
        await page.GetByLabel("Erase this person everywhere").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/erasures/.*$"));
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Devices" })).ToContainTextAsync("erased: its signed receipt is right");
        await Expect(page.Locator(".way")).ToContainTextAsync("Complete: erased here and at the one device.");
        await Expect(page.Locator(".receipt")).ToContainTextAsync("the signature is right.");
        Assert.DoesNotContain(Person, await page.ContentAsync(), StringComparison.Ordinal);
        await LookAsync(page, "/erasures/{person}", "erasure");
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(page.Locator("nav.side")).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Print for the person" })).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Erasure of biometric data" })).ToBeVisibleAsync();
        await PageLook.PictureAsync(page, "light/erasure-printed.png");
        await page.EmulateMediaAsync(new() { Media = Media.Screen });

        await page.GotoAsync("/erasures");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Erasures" })).ToContainTextAsync("all 1 have signed");
        await LookAsync(page, "/erasures", "erasures");
        await page.GotoAsync("/events");
        await Expect(page.Locator("#live")).ToHaveTextAsync("Live.");
        // Two people come in turn: one of three is the one who was let in before.
        await Expect(page.Locator("#rows tr.row-new").Filter(new() { HasTextString = "Denied: nobody known" }).Nth(2)).ToBeVisibleAsync();
        await Expect(page.Locator("#rows tr.row-new").Filter(new() { HasTextString = "Granted" })).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_door_that_shut_itself_says_so_and_lets_in_again_when_an_operator_ends_it() => story.PlayAsync("lockout", async page =>
    {
        await story.ShutAfterAsync(tries: 2); // of those who come nobody is known now
        await page.GotoAsync("/doors");
        var card = page.Locator("#wall li.card").Filter(new() { HasTextString = HubStory.Device });
        await Expect(card.Locator("header .badge")).ToHaveTextAsync("Shut after too many tries");
        await Expect(card).ToContainTextAsync(new Regex("for [0-9]{3} s more, after too many tries that failed"));
        PageLook.Nothing(await story.Look.AtAsync(page, "/doors", "doors-lockout"));
        await page.GotoAsync("/");
        await Expect(page.Locator("dl.figures")).ToContainTextAsync("Shut after too many tries");

        await page.GotoAsync("/doors");
        await story.ShutAfterAsync(tries: 100);
        await card.GetByRole(AriaRole.Button, new() { Name = "End the lockout" }).ClickAsync();
        await Expect(page.Locator("#wall > p")).ToContainTextAsync($"lockout {HubStory.Door} at {HubStory.Device}: Done: {HubStory.Door}: the lockout is ended");
        await Expect(card.Locator("header .badge")).ToHaveTextAsync("Locked");
    });

    [Fact]
    public Task A_device_that_is_stopped_is_offered_no_order_and_stands_as_it_stands_when_it_is_back() => story.PlayAsync("offline", async page =>
    {
        await page.GotoAsync("/doors");
        var card = page.Locator("#wall li.card").Filter(new() { HasTextString = HubStory.Device });
        var unlock = card.GetByRole(AriaRole.Button, new() { Name = $"Unlock {HubStory.Door}" });
        await Expect(unlock).ToBeVisibleAsync();
        await page.Context.SetOfflineAsync(true);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No connection to the hub since");
        await page.Context.SetOfflineAsync(false);
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);

        await story.StopDeviceAsync();
        await Expect(card.Locator("header .badge")).ToHaveTextAsync(new Regex("Device stopped|when last heard")); // its last word may come with its next start
        await Expect(card).ToContainTextAsync("No order reaches it while its device is offline.");
        await Expect(unlock).ToHaveCountAsync(0);
        await Expect(card).ToContainTextAsync("worked when last heard");
        PageLook.Nothing(await story.Look.AtAsync(page, "/doors", "doors-offline"));

        story.StartDevice();
        await Expect(card.Locator("header .badge")).ToHaveTextAsync("Locked");
        await Expect(unlock).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_site_is_made_by_forms_and_rolled_out_in_stages() => story.PlayAsync("sites", async page =>
    {
        await page.GotoAsync("/sites");
        await page.GetByLabel("Name").FillAsync("north");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make it" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/sites/north.*$"));
        await page.GetByLabel("Groups that rules may name").FillAsync("staff\nvisitors");
        await page.Locator("main form.stack button.primary").First.ClickAsync();
        await Expect(page.Locator("main input[name=version]").First).ToHaveValueAsync("2");
        await page.GotoAsync("/sites/north/matrix");
        await page.Locator("main select").First.SelectOptionAsync("always");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("main input[name=version]").First).ToHaveValueAsync("3");
        await page.GotoAsync("/rollouts/new?site=north");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/rollouts/.*$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("north");
        PageLook.Nothing(await new PageWalk(story.Look, page).WalkAsync(PageWalk.OfSites));
    });

    [Fact]
    public Task No_page_is_without_its_pictures() => story.PlayAsync("all", async _ =>
    {
        var routes = await PageWalk.RoutesAsync();

        Assert.True(routes.Count > 30);
        Assert.Empty(routes.Except(story.Look.Seen).Except(PageWalk.NoPages));
        Assert.Empty(story.Look.Seen.Except(routes));
    });

    async Task LookAsync(IPage page, string route, string name, bool isSignedIn = true) => PageLook.Nothing(await story.Look.AtAsync(page, route, name, isSignedIn));
}
