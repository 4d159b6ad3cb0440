package io.millrace.sink.change;

/** What happened to the row, with Debezium's code for it. */
public enum Operation {
    CREATE("c"),
    UPDATE("u"),
    READ("r"),
    DELETE("d"),
    TRUNCATE("t");

    private final String code;

    Operation(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }
}
