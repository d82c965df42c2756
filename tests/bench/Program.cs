using EdgeFace.Benchmarks;

return args switch
{
    ["search-ratio", .. var rest] => SearchRatio.Run(rest, Console.Out),
    _ => throw new ArgumentException("One of: search-ratio [templates [width [seconds [kernel]]]]"),
};
