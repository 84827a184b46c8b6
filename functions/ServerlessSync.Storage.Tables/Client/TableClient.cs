using System.Globalization;
using System.Text.Json;
using Azure.Core;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>
/// One table. Every method throws <see cref="TableFailedException"/> for an answer that is no success, and what Azure.Core throws when there
/// was none.
/// </summary>
sealed class TableClient(TableServiceClient service, string name)
{
    const string Plain = "application/json;odata=nometadata";
    const string WithETags = "application/json;odata=minimalmetadata";

    readonly string _path = "/" + name;

    public async Task CreateIfNotExistsAsync(CancellationToken cancellationToken)
    {
        using var message = service.CreateMessage(RequestMethod.Post, "/Tables", Plain);
        message.Request.Headers.Add("Prefer", "return-no-content");
        var buffer = new PooledBuffer(128);
        TableAddress.Append(buffer, $$"""{"TableName":"{{name}}"}""");
        try
        {
            await WriteAsync(message, buffer, "create table", cancellationToken);
        }
        catch (TableFailedException e) when (e.ErrorCode == TableErrors.TableAlreadyExists)
        {
            // Somebody else was faster, or an answer was lost.
        }
    }

    /// <summary>Inserts an entity that must not exist.</summary>
    /// <returns>Its ETag.</returns>
    public async Task<string> AddEntityAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        using var message = service.CreateMessage(RequestMethod.Post, _path, Plain);
        message.Request.Headers.Add("Prefer", "return-no-content");
        return await WriteAsync(message, Json(entity), "insert into", cancellationToken);
    }

    /// <summary>Replaces the entity that has the ETag.</summary>
    /// <returns>Its new ETag.</returns>
    public async Task<string> UpdateEntityAsync(TableEntity entity, string ifMatch, CancellationToken cancellationToken)
    {
        using var message = EntityMessage(RequestMethod.Put, entity.PartitionKey, entity.RowKey);
        message.Request.Headers.Add("If-Match", ifMatch);
        return await WriteAsync(message, Json(entity), "replace in", cancellationToken);
    }

    /// <summary>Inserts or replaces.</summary>
    /// <returns>Its new ETag.</returns>
    public async Task<string> UpsertEntityAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        using var message = EntityMessage(RequestMethod.Put, entity.PartitionKey, entity.RowKey);
        return await WriteAsync(message, Json(entity), "put into", cancellationToken);
    }

    /// <summary>Deletes the entity that has the ETag; <c>*</c> for any.</summary>
    public async Task DeleteEntityAsync(string partitionKey, string rowKey, string ifMatch, CancellationToken cancellationToken)
    {
        using var message = EntityMessage(RequestMethod.Delete, partitionKey, rowKey);
        message.Request.Headers.Add("If-Match", ifMatch);
        await WriteAsync(message, null, "delete from", cancellationToken);
    }

    /// <summary>Reads one entity, or null.</summary>
    /// <exception cref="JsonException">The answer is not an entity.</exception>
    public async Task<TableEntity?> GetEntityIfExistsAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        using var message = EntityMessage(RequestMethod.Get, partitionKey, rowKey);
        await service.SendAsync(message, cancellationToken);
        if (message.Response.Status != 200)
        {
            var failure = TableErrors.Of(message.Response, What("read from"), repeated: false);
            return failure.IsAbsent || failure.IsTableNotFound ? null : throw failure;
        }

        var entity = TableEntityReader.Read(message.Response.Content.ToMemory().Span);
        return entity with { ETag = message.Response.Headers.ETag?.ToString() ?? string.Empty };
    }

    /// <summary>Reads one page of a query.</summary>
    /// <param name="filter">An OData filter, not encoded; empty for all.</param>
    /// <param name="maxPerPage">The most entities, 1 to 1000.</param>
    /// <param name="continuation">Where the page begins; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JsonException">The answer is not a page.</exception>
    public async Task<TablePage> QueryPageAsync(string filter, int maxPerPage, TableContinuation? continuation, CancellationToken cancellationToken)
    {
        using var message = service.CreateMessage(RequestMethod.Get, _path + "()", WithETags);
        AppendQuery(message.Request.Uri, filter, maxPerPage, continuation);
        await service.SendAsync(message, cancellationToken);
        if (message.Response.Status != 200)
        {
            var failure = TableErrors.Of(message.Response, What("query"), repeated: false);
            return failure.IsTableNotFound ? new TablePage([], 0, null) : throw failure;
        }

        var body = message.Response.Content.ToMemory();
        var entities = new List<TableEntity>();
        TableEntityReader.ReadPage(body.Span, entities);
        return new TablePage(entities, body.Length, Next(message.Response.Headers));
    }

    /// <summary>Carries out every action or none.</summary>
    /// <returns>The ETag of each action in order, null for a delete.</returns>
    /// <exception cref="ArgumentException">The actions do not fit one transaction.</exception>
    /// <exception cref="FormatException">The answer is not one to a transaction.</exception>
    public async Task<string?[]> SubmitTransactionAsync(IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        var content = new SentContent(TableTransaction.Write(service.Endpoint + _path, actions));
        using var message = service.CreateMessage(RequestMethod.Post, "/$batch", Plain);
        message.Request.Headers.Add("Content-Type", TableTransaction.ContentType);
        message.Request.Content = content;
        await service.SendAsync(message, cancellationToken);
        content.Answered();
        return message.Response.Status == 202
            ? TableTransaction.Read(message.Response.Content.ToMemory().Span, actions.Count, What("a transaction on"), content.Sends > 1)
            : throw TableErrors.Of(message.Response, What("a transaction on"), content.Sends > 1);
    }

    static PooledBuffer Json(TableEntity entity)
    {
        var buffer = new PooledBuffer(TableEntityWriter.Estimate(entity));
        TableEntityWriter.Write(buffer, entity);
        return buffer;
    }

    static void AppendQuery(RequestUriBuilder uri, string filter, int maxPerPage, TableContinuation? continuation)
    {
        if (filter.Length > 0)
        {
            uri.AppendQuery("$filter", filter, escapeValue: true);
        }

        uri.AppendQuery("$top", maxPerPage.ToString(CultureInfo.InvariantCulture), escapeValue: false);
        if (continuation is null)
        {
            return;
        }

        uri.AppendQuery("NextPartitionKey", continuation.PartitionKey, escapeValue: true);
        if (continuation.RowKey is { } row)
        {
            uri.AppendQuery("NextRowKey", row, escapeValue: true);
        }
    }

    static TableContinuation? Next(ResponseHeaders headers) =>
        headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition)
            ? new TableContinuation(partition, headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) ? row : null)
            : null;

    HttpMessage EntityMessage(RequestMethod method, string partitionKey, string rowKey) =>
        service.CreateMessage(method, _path + TableAddress.Entity(partitionKey, rowKey), Plain);

    async Task<string> WriteAsync(HttpMessage message, PooledBuffer? buffer, string verb, CancellationToken cancellationToken)
    {
        var content = new SentContent(buffer);
        message.Request.Headers.Add("Content-Type", "application/json");
        message.Request.Content = content;
        await service.SendAsync(message, cancellationToken);
        content.Answered();
        return message.Response.Status is 201 or 204
            ? message.Response.Headers.ETag?.ToString() ?? string.Empty
            : throw TableErrors.Of(message.Response, What(verb), content.Sends > 1);
    }

    string What(string verb) => $"{verb} '{name}'";
}
