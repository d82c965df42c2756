using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>What one sees first.</summary>
[Needs(Permission.ViewEvents)]
sealed class IndexModel : PageModel;
