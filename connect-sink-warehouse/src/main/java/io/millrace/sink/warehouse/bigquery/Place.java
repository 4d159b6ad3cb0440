package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.TableId;
import java.util.ArrayList;
import java.util.List;

/**
 * Where tables are.
 *
 * @param project of all datasets
 * @param dataset of tables whose names have none
 */
record Place(String project, String dataset) {
    String dataset(io.millrace.sink.destination.TableId table) {
        return table.parts().size() > 1 ? table.parts().get(0) : dataset;
    }

    /** The table's name in a statement. */
    String sql(io.millrace.sink.destination.TableId table) {
        return sql(dataset(table), table.name());
    }

    String sql(String ofDataset, String table) {
        return Sql.name(project) + "." + Sql.name(ofDataset) + "." + Sql.name(table);
    }

    TableId api(io.millrace.sink.destination.TableId table) {
        return TableId.of(project, dataset(table), table.name());
    }

    /** A table beside another one, with more behind its name. */
    static io.millrace.sink.destination.TableId beside(io.millrace.sink.destination.TableId table, String ending) {
        List<String> parts = new ArrayList<>(table.parts());
        parts.set(parts.size() - 1, table.name() + ending);
        return new io.millrace.sink.destination.TableId(parts);
    }
}
