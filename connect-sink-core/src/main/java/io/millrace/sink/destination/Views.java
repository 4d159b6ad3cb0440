package io.millrace.sink.destination;

import java.util.List;

/** Views of the current rows of logs: what an upsert of the same changes would have made of a table. */
public interface Views {
    /**
     * A log and its view.
     *
     * @param view what readers look at
     * @param log a table with a row for every change, in the order in which they were applied
     * @param key names of the columns that tell which row a change is of
     * @param operation the log's column for Debezium's code of the operation
     * @param unchanged the log's column for the names of those columns whose value the source did not send
     * @param own the log's other columns that readers are not to see
     */
    record LogView(TableId view, TableId log, List<String> key, String operation, String unchanged, List<String> own) {
        public LogView {
            key = List.copyOf(key);
            own = List.copyOf(own);
        }
    }

    /**
     * Makes the view show all columns that the log has now.
     *
     * @return the statements that were needed
     */
    List<String> show(LogView view);
}
