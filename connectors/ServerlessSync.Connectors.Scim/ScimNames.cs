namespace ServerlessSync.Connectors.Scim;

/// <summary>The URNs of RFC 7643 and RFC 7644 that the connector writes.</summary>
static class ScimNames
{
    public const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string PatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
}
