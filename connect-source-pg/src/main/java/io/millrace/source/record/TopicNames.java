package io.millrace.source.record;

import io.millrace.source.catalog.TableId;

/**
 * Names of the topics that a source fills, as Debezium names them, plus our control topic.
 *
 * @param adjustment of the names of schemas, which begin with the topic's, and of their fields
 */
public record TopicNames(String prefix, String heartbeatPrefix, String transactionName, NameAdjustment adjustment) {
    private static final int LONGEST_TOPIC = 249;

    /** {@code prefix.schema.table}, characters that a topic cannot have replaced by an underscore. */
    public String data(TableId table) {
        String name = prefix + "." + table;
        StringBuilder legal = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '.'
                    || c == '_'
                    || c == '-';
            legal.append(allowed ? c : '_');
        }
        return legal.length() > LONGEST_TOPIC ? legal.substring(0, LONGEST_TOPIC) : legal.toString();
    }

    public String heartbeat() {
        return heartbeatPrefix + "." + prefix;
    }

    /** What applications write by {@code pg_logical_emit_message}. */
    public String message() {
        return prefix + ".message";
    }

    /** Begin and end of transactions. */
    public String transaction() {
        return prefix + "." + transactionName;
    }

    /** Progress of the initial copy and the stream's beginning: records that exist to carry an offset. */
    public String control() {
        return "__millrace-control." + prefix;
    }
}
