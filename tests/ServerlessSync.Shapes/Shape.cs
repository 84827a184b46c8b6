namespace ServerlessSync.Shapes;

/// <summary>
/// This project declares what is used of packages that not every feed carries: name, signature, and for values what they carry. Code compiles
/// against it; nothing runs on it. Where the packages restore, a test compares each declaration with theirs.
/// </summary>
static class Shape
{
    public static NotSupportedException Only() => new("A declaration to compile against; it does nothing.");
}
