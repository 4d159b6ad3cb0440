package io.millrace.source;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.PublishedTable;
import io.millrace.source.catalog.ReplicaIdentities;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;

/** What of each captured table the publication is to let out, by the configuration. Pure. */
final class WantedTables {
    private WantedTables() {}

    /** @throws ConfigException where a column list would make the user's own updates fail */
    static List<PublishedTable> of(CdcConfig config, List<CatalogTable> tables, ReplicaIdentities identities) {
        List<PublishedTable> wanted = new ArrayList<>(tables.size());
        for (CatalogTable table : tables) {
            wanted.add(new PublishedTable(
                    table.id(),
                    config.columnLists() ? columns(config, table, identities) : List.of(),
                    config.rowFilters().of(table.id())));
        }
        return wanted;
    }

    /** Empty when no column is left out: then a column that is added later comes by itself. */
    private static List<String> columns(CdcConfig config, CatalogTable table, ReplicaIdentities identities) {
        List<String> columns = new ArrayList<>();
        Set<String> left = new TreeSet<>();
        for (CatalogColumn column : table.columns()) {
            if (!config.filter().includes(table.id(), column.name())) {
                left.add(column.name());
            } else if (!column.generated() || config.publicationOptions().generated()) {
                columns.add(column.name());
            }
        }
        if (left.isEmpty()) {
            return List.of();
        }
        left.retainAll(identities.of(table));
        if (!left.isEmpty()) {
            throw new ConfigException(
                    "publication.column.lists",
                    true,
                    table.id() + " has " + left
                            + " in its replica identity, which column.exclude.list leaves out: published so, every UPDATE and"
                            + " DELETE of your own would fail. Carry the column, or give the table another replica identity");
        }
        return columns;
    }
}
