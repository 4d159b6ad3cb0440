package io.millrace.source;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Published;
import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodecs;
import io.millrace.source.query.Shape;
import io.millrace.source.record.EventRecords;
import io.millrace.source.record.SourceBlock;
import io.millrace.source.record.TableSchemas;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** Makes what makes a mirror's schemas; the types of the source are read once for all mirrors of a task. Thread-safe. */
final class QuerySchemas {
    private final QueryConfig config;
    private final Database database;
    private final EventRecords records;
    private @Nullable ColumnCodecs codecs;

    QuerySchemas(QueryConfig config, Database database) {
        this.config = config;
        this.database = database;
        this.records = EventRecords.of(
                config.topics(),
                new SourceBlock(config.topicPrefix(), database.name()),
                config.codecOptions().binary());
    }

    /** For a shape that is new: its types may be too. */
    synchronized TableSchemas of(QueryConfig.Configured mirror, Shape shape) {
        ColumnCodecs known = codecs;
        if (known == null) {
            try {
                known = ColumnCodecs.connect(
                        () -> database.connect("millrace query " + config.topicPrefix()), config.codecOptions());
            } catch (SQLException e) {
                throw new RetriableException("Cannot read the catalog of types", e);
            }
            codecs = known;
        } else {
            known.refresh();
        }
        // Generated columns too: whoever reads by a query sees them.
        TableId table = shape.table().id();
        Set<String> all = shape.columns().stream().map(CatalogColumn::name).collect(Collectors.toSet());
        Published everything = new Published(Map.of(table, new Published.Entry(all, null)));
        return new TableSchemas(
                known,
                config.topics(),
                records,
                mirror.columns(),
                mirror.settings().keys(),
                everything,
                RecordKeys.indexes(config, database));
    }
}
