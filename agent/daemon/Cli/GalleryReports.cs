namespace EdgeFace.Cli;

/// <summary>What <c>gallery export</c> writes.</summary>
sealed record ExportedGallery(string File, int Subjects, int Templates, int Damaged);

/// <summary>What <c>gallery import</c> writes; see <see cref="EdgeFace.Subjects.ImportReport"/>.</summary>
sealed record ImportedGallery(string File, int Added, int Replaced, int Skipped, int Erased);

/// <summary>What <c>gallery verify-receipt</c> writes.</summary>
sealed record CheckedReceipt(string File, bool Genuine, string ReceiptId, string SubjectId, DateTimeOffset ErasedAt);
