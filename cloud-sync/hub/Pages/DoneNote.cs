using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace EdgeFace.Hub.Pages;

/// <summary>What was done, said once at the head of the page that follows. It lies in a sealed cookie until then: no link can say it.</summary>
static class DoneNote
{
    const string Key = "done";

    public static void SayDone(this ITempDataDictionary said, string words) => said[Key] = words;

    public static string? TakeDone(this ITempDataDictionary said) => said[Key] as string;
}
