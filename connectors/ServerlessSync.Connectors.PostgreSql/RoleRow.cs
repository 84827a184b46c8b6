using Npgsql;

namespace ServerlessSync.Connectors.PostgreSql;

/// <summary>A role as the catalogs hold it.</summary>
/// <param name="Oid">Its number, which outlives its name in open sessions.</param>
/// <param name="Account">The role as an account.</param>
sealed record RoleRow(uint Oid, TargetAccount Account)
{
    /// <summary>Reads the columns of <see cref="RoleSql"/>; null where an outer join found no role.</summary>
    public static RoleRow? Read(NpgsqlDataReader reader)
    {
        if (reader.IsDBNull(0))
        {
            return null;
        }

        var name = reader.GetString(1);
        var canLogin = reader.GetBoolean(2);
        var comment = reader.IsDBNull(3) ? null : reader.GetString(3);
        var mark = comment?.StartsWith(RoleSql.MarkPrefix, StringComparison.Ordinal) == true ? comment[RoleSql.MarkPrefix.Length..] : null;
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["rolcanlogin"] = canLogin ? "true" : "false" };
        if (!reader.IsDBNull(4))
        {
            attributes["rolvaliduntil"] = reader.GetString(4);
        }

        // VALID UNTIL holds for passwords alone, so LOGIN decides whether sign-in is possible at all.
        return new RoleRow((uint)reader.GetValue(0), new TargetAccount(name, name, canLogin, mark, attributes));
    }
}
