package io.millrace.sink;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/** The keys by which an operator handles single tables. */
final class OperatorConfig {
    private OperatorConfig() {}

    static void define(ConfigDef def) {
        def.define(
                SinkConfig.TABLE_ERROR_POLICY,
                Type.STRING,
                "fail",
                Choice.of("fail", "park"),
                Importance.MEDIUM,
                "What a table that cannot be written does to the others: columns that do not fit, a missing privilege or key, records that cannot be read and rows that are refused without a dead letter queue. <code>fail</code>: the task fails."
                        + " <code>park</code>: nothing more is written to that table, its changes wait in Kafka, and the other tables go on; an error is logged. A restart of the connector's tasks tries it again from where it stopped.");
        def.define(
                SinkConfig.TABLES_PAUSED,
                Type.LIST,
                List.of(),
                new TableNames.Names(),
                Importance.LOW,
                "Tables of the target, as schema.table, whose changes wait in Kafka while the others go on. Take a table out of the list to resume it; the topic's retention has to reach back to where it stopped. No whole copy replaces it meanwhile.");
        def.define(
                SinkConfig.TABLES_DROPPED,
                Type.LIST,
                List.of(),
                new TableNames.Names(),
                Importance.LOW,
                "Tables of the target, as schema.table, whose changes are passed over for good: nothing is written to them, and they are not made. Taken out of the list, a table goes on with what comes then.");
        def.define(
                SinkConfig.TABLES_RESYNC,
                Type.LIST,
                List.of(),
                new TableNames.Tokens(),
                Importance.LOW,
                "Tables of the target to read again, as <code>schema.table:token</code>: each is emptied, and its topics are read from their beginning, once for each token, which can be any word: a date, for example. The other tables go on."
                        + " The topics have to reach back to the whole table; where they do not, copy it again at the source.");
        def.define(
                SinkConfig.PARTITIONS_ADDED,
                Type.STRING,
                "fail",
                Choice.of("fail", "wait", "accept"),
                Importance.LOW,
                "What to do in upsert mode about partitions that a topic got later: the key of a row may belong to another partition since then, and nothing orders its changes there with those that are still unread in the old one."
                        + " <code>fail</code>: the task stops and says so. <code>wait</code>: the new partitions are not read, the others are. <code>accept</code>: they are read; set it when the sink has no lag in the old ones."
                        + " Which partitions a topic had from the beginning is known once all tasks of the connector have run for some ten seconds after their last rebalance, and kept from then on, whatever is rewound.");
        def.define(
                SinkConfig.DRY_RUN,
                Type.BOOLEAN,
                false,
                Importance.LOW,
                "Read the topics from their beginning and log the statements that would create and alter tables and how many rows would be written, changing nothing: no table, no ledger, no offset of the consumer group.");
    }
}
