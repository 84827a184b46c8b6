using ServerlessSync.Storage.Tables.Client;

namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>Rows as entities and back.</summary>
static class RowEntities
{
    /// <summary>What a write leaves behind; without a body for a delete.</summary>
    public static TableEntity ToEntity(RowBatch batch, RowWrite write, string operation)
    {
        var entity = new TableEntity(batch.Partition, write.Key);
        return write.Body is not { } body ? entity : entity with
        {
            Body = body,
            Checksum = RowChecksum.Of(batch.Table, batch.Partition, write.Key, body.Span),
            Operations = OperationChain.Next(operation, write.Condition, RowETag.Parse(write.ETag).Operations),
        };
    }

    /// <summary>The row of a table; damaged when its content is not what was written.</summary>
    public static Row ToRow(TableEntity entity, string table)
    {
        var etag = new RowETag(entity.ETag, entity.Operations).ToString();
        return entity is { Body: { } body, Checksum: { } checksum }
            && checksum == RowChecksum.Of(table, entity.PartitionKey, entity.RowKey, body.Span)
            ? new Row(entity.PartitionKey, entity.RowKey, body, etag)
            : new Row(entity.PartitionKey, entity.RowKey, ReadOnlyMemory<byte>.Empty, etag, Damaged: true);
    }
}
