Console.Out.WriteLine("edgeface-hub");
