package io.millrace.source.record;

import io.millrace.core.TableIndex;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.KeyColumns;
import io.millrace.source.catalog.Published;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodec;
import io.millrace.source.codec.ColumnCodecs;
import io.millrace.source.codec.ColumnDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Makes a table's schema from its columns: the same for the initial copy, the stream and queries. Not thread-safe. */
public final class TableSchemas {
    private final ColumnCodecs codecs;
    private final TopicNames topics;
    private final EventRecords records;
    private final TableFilter filter;
    private final KeyColumns keys;
    private volatile Published published;
    private final Function<TableId, List<TableIndex>> indexes;

    /**
     * @param keys keys other than the tables' own
     * @param published what of each table is carried at all
     * @param indexes what is told of a table's indexes
     */
    public TableSchemas(
            ColumnCodecs codecs,
            TopicNames topics,
            EventRecords records,
            TableFilter filter,
            KeyColumns keys,
            Published published,
            Function<TableId, List<TableIndex>> indexes) {
        this.indexes = indexes;
        this.keys = keys;
        this.published = published;
        this.codecs = codecs;
        this.topics = topics;
        this.records = records;
        this.filter = filter;
    }

    /** What is carried has changed: columns were added, lists or conditions altered. For schemas that are made from now on. */
    public void publish(Published now) {
        published = now;
    }

    public SourceBlock source() {
        return records.source();
    }

    /** What records that belong to no table are made with. */
    public EventRecords records() {
        return records;
    }

    /** Types may have changed: schemas made from now on see them as they are now. */
    public void refreshTypes() {
        codecs.refresh();
    }

    /**
     * The schema for tuples with these columns in this order.
     *
     * @param columns what the tuples hold; those that the filter leaves out are not carried
     * @param own the columns by which the table tells its rows apart; none when it does not
     * @param optional columns to make optional whatever the catalog says
     */
    public TableSchema of(TableId table, List<CatalogColumn> columns, List<String> own, Set<String> optional) {
        List<String> key = key(table, columns, own);
        List<TableSchema.Input> inputs = new ArrayList<>(columns.size());
        for (CatalogColumn column : columns) {
            inputs.add(new TableSchema.Input(
                    column.name(),
                    column.typeOid(),
                    carried(table, column, key)
                            ? codec(column, key.contains(column.name()), optional.contains(column.name()))
                            : null));
        }
        return new TableSchema(table, topics, records.source(), inputs, key, own, indexes.apply(table));
    }

    /** The columns of a table that records carry, in order. */
    public List<CatalogColumn> carried(CatalogTable table) {
        return table.columns().stream()
                .filter(column -> published.includes(table.id(), column))
                .filter(column -> carried(table.id(), column, key(table.id(), table.columns(), table.key())))
                .toList();
    }

    /** The condition on the rows that are carried; null for all rows. */
    public @Nullable String rows(TableId table) {
        return published.rows(table);
    }

    /** The columns of the records' key. */
    public List<String> key(TableId table, List<CatalogColumn> columns, List<String> own) {
        return keys.of(table, columns.stream().map(CatalogColumn::name).toList(), own);
    }

    private boolean carried(TableId table, CatalogColumn column, List<String> key) {
        if (filter.includes(table, column.name())) {
            return true;
        }
        if (key.contains(column.name())) {
            throw new ConnectException("column.exclude.list: " + table + "." + column.name()
                    + " is part of the table's key and cannot be left out");
        }
        return false;
    }

    private @Nullable ColumnCodec codec(CatalogColumn column, boolean key, boolean optional) {
        return codecs.codec(new ColumnDescription(
                        column.name(),
                        column.typeOid(),
                        column.typeModifier(),
                        column.dimensions(),
                        column.required() && !optional,
                        column.defaultExpression(),
                        key))
                .orElse(null);
    }
}
