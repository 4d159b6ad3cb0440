package io.millrace.source.record;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodec;
import io.millrace.source.codec.ColumnCodecs;
import io.millrace.source.codec.ColumnDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Makes a table's schema from its columns: the same for the initial copy, the stream and queries. Not thread-safe. */
public final class TableSchemas {
    private final ColumnCodecs codecs;
    private final TopicNames topics;
    private final SourceBlock source;
    private final TableFilter filter;

    public TableSchemas(ColumnCodecs codecs, TopicNames topics, SourceBlock source, TableFilter filter) {
        this.codecs = codecs;
        this.topics = topics;
        this.source = source;
        this.filter = filter;
    }

    public SourceBlock source() {
        return source;
    }

    /** Types may have changed: schemas made from now on see them as they are now. */
    public void refreshTypes() {
        codecs.refresh();
    }

    /**
     * The schema for tuples with these columns in this order.
     *
     * @param columns what the tuples hold; generated columns and those that the filter leaves out are not carried
     * @param optional columns to make optional whatever the catalog says
     */
    public TableSchema of(TableId table, List<CatalogColumn> columns, List<String> key, Set<String> optional) {
        List<TableSchema.Input> inputs = new ArrayList<>(columns.size());
        for (CatalogColumn column : columns) {
            inputs.add(new TableSchema.Input(
                    column.name(),
                    carried(table, column, key)
                            ? codec(column, key.contains(column.name()), optional.contains(column.name()))
                            : null));
        }
        return new TableSchema(table, topics, source, inputs, key);
    }

    /** The columns of a table that records carry, in order. */
    public List<CatalogColumn> carried(CatalogTable table) {
        return table.columns().stream()
                .filter(column -> carried(table.id(), column, table.key()))
                .toList();
    }

    private boolean carried(TableId table, CatalogColumn column, List<String> key) {
        if (filter.includes(table, column.name())) {
            return !column.generated();
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
                        column.required() && !optional,
                        column.defaultExpression(),
                        key))
                .orElse(null);
    }
}
