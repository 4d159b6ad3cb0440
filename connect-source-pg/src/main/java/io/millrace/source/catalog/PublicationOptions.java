package io.millrace.source.catalog;

import java.util.ArrayList;
import java.util.List;

/**
 * How a publication publishes.
 *
 * @param viaRoot {@code publish_via_partition_root}
 * @param generated {@code publish_generated_columns=stored}, from Postgres 18 on
 */
public record PublicationOptions(boolean viaRoot, boolean generated) {
    /** The WITH clause of CREATE PUBLICATION, empty when all is as the server has it. */
    String ddl() {
        List<String> options = new ArrayList<>();
        if (viaRoot) {
            options.add("publish_via_partition_root = true");
        }
        if (generated) {
            options.add("publish_generated_columns = stored");
        }
        return options.isEmpty() ? "" : " WITH (" + String.join(", ", options) + ")";
    }
}
