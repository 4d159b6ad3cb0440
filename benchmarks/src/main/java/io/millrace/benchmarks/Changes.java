package io.millrace.benchmarks;

/** Changes of a table that wait in a slot, in transactions of 1000. */
enum Changes {
    INSERT("insert"),
    UPDATE("update"),
    MIX("mix");

    static final long IN_TRANSACTION = 1000;

    private final String title;

    Changes(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** How many rows have to be there before. */
    long before(long events) {
        return switch (this) {
            case INSERT -> 0;
            case UPDATE -> events;
            case MIX -> Table.presentBefore(events / IN_TRANSACTION);
        };
    }

    String sql(Table table, long events) {
        return switch (this) {
            case INSERT -> table.insertInTransactions(events, IN_TRANSACTION);
            case UPDATE -> table.updateInTransactions(events, IN_TRANSACTION);
            case MIX -> table.mixInTransactions(events / IN_TRANSACTION);
        };
    }

    /** How many records they become: a delete is followed by a tombstone. */
    long records(long events) {
        return this == MIX ? events + events / IN_TRANSACTION * Table.DELETES : events;
    }
}
