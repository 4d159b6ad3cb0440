package io.millrace.sink.destination;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/** A name that an operator gave is not that of a table in the ledger; its message names some that are. */
public final class UnknownTable extends ConnectException {
    private static final long serialVersionUID = 1L;
    private static final int NAMED = 20;

    /** @param known all tables in the ledger, as {@link TableId#toString} has them */
    public UnknownTable(TableId table, Collection<String> known) {
        super("The ledger knows no table " + table + ", so nothing was emptied and nothing is read again. "
                + names(table, List.copyOf(known)));
    }

    private static String names(TableId table, List<String> known) {
        if (known.isEmpty()) {
            return "It knows none yet: what it does not know is read from its beginning anyway";
        }
        String alike = table.name().toLowerCase(Locale.ROOT);
        String first = known.stream()
                .sorted(Comparator.comparing(
                                (String name) -> !name.toLowerCase(Locale.ROOT).contains(alike))
                        .thenComparing(name -> name))
                .limit(NAMED)
                .collect(Collectors.joining(", "));
        String more = known.size() > NAMED ? " and " + (known.size() - NAMED) + " more" : "";
        return "Write the name as it is there, case and schema included: " + first + more;
    }
}
