package io.millrace.archives;

import java.util.Map;

/** What stands around the table of {@code docs/types.md}. */
final class TypesPage {
    private static final String ZEROS = "without trailing zeros; exact with `decimal.handling.mode=string`";
    private static final String ZONE = "the same moment in UTC, without its zone";
    private static final String BITS = "the number of bits is lost";
    private static final String VECTOR = "as an array";

    /** Where the record's form, which is Debezium's, does not tell all that the source's text does. */
    static final Map<String, String> LOSSES = Map.ofEntries(
            Map.entry("numeric", ZEROS),
            Map.entry("numeric[]", ZEROS),
            Map.entry("anynumeric", ZEROS),
            Map.entry("timetz", ZONE),
            Map.entry("timetz[]", ZONE),
            Map.entry("varbit", BITS),
            Map.entry("varbit(12)", BITS),
            Map.entry("varbit[]", BITS),
            Map.entry("int2vector", VECTOR),
            Map.entry("oidvector", VECTOR),
            Map.entry("int4[]", "without lower bounds other than 1"));

    static final String INTRODUCTION =
            """
            # Types

            Every type that the tests know, with its edge values: least and greatest, zero, empty, NULL, NaN, infinities, BC dates,
            24:00, odd UTF-8. Written by the tests from what they saw; `mvn verify -Dmillrace.golden.update=true` writes it anew.

            - **In records**: the field's Connect type and its meaning, with the default settings. The keys `decimal.handling.mode`,
              `time.precision.mode`, `interval.handling.mode`, `hstore.handling.mode` and `binary.handling.mode` change it as they do in
              Debezium. `BYTES` without a name holds the text that Postgres shows, as Debezium has it for types that it does not know.
            - **Debezium**: whether Debezium 3.7 gives the same schema and values, or what differs. An enum of which a label has a
              comma has one parameter more in its schema, `millrace.source.enum.labels`: Debezium's `allowed` does not tell where
              such a label ends. A row with two structs of one name and of different types, as a `box` and a `path`, has
              `millrace.source.struct.types`: Avro keeps what only the first of them says.
            - **On the wire**: `binary` types stay binary in the copy and in the stream. `text`: the server has no binary form and sends
              text for this column alone. `text, and the whole stream`: the parts have no binary form, or it does not tell what the text
              would; the copy reads this column as text, the stream opens again with all values as text, which the log says with
              the table and column. The records are the same either way.
            - **In the target**: whether the target shows the same text as the source. It is looked at once more by way of Avro
              (Apicurio's converter, in Confluent's format), with the same result.
            - **Target column**: what the Postgres sink makes. Where two stand there, the second is what it makes when the target
              does not have the type; a `bytea` then holds the text in UTF-8, and a `text` the text.

            | Postgres | In records | Debezium | On the wire | In the target | Target column |
            |---|---|---|---|---|---|
            """;

    static final String NOTES =
            """

            ## What does not fit

            - `NaN` and infinities of `numeric` have no exact decimal. With `decimal.handling.mode=precise` such a row stops the task, as
              it does in Debezium, with the table, the column and this key in the message; nothing is confirmed to the slot, and with
              `string` or `double` the row is read. With `string` they are `NAN`, `POSITIVE_INFINITY` and `NEGATIVE_INFINITY`, as in Debezium.
            - Arrays: a column declared with several dimensions (`int4[][]`) carries the text of the array. Postgres does not hold
              values to the declaration: an array of several dimensions in a column declared with one stops the task, and the message
              says how to declare it, which changes no row. Lower bounds other than 1 are lost in lists.
            - `timestamp` after the year 294246 does not fit microseconds since 1970 and stops the task.
            - `money` is exact. The digits behind its point come from the server's `lc_monetary` and are brought to `money.fraction.digits`.
              Inside composites and arrays of several dimensions it stands as the locale's text, which only the server can write.
            - A composite carries its text, with the attributes that it had when the row was written.
            - With `binary.handling.mode` other than `bytes`, fields that are `BYTES` without a name above are strings in that code, as in
              Debezium, also where they hold text. The Postgres sink writes such strings as they are: keep `bytes` between the two.
            - `regclass` and its like are OIDs in binary form, names in text; records have the names.
            - PostGIS's `geometry` and `geography` and pgvector's `vector` are read in binary form by their documentation; no
              server with them was at hand to run it against. Other types of theirs come as text.

            ## Large values

            A value of tens of megabytes passes when the topic and the producer let it: a row above the producer's `max.request.size`
            (1 MiB unless set) is named in the log with its topic and size before the producer refuses it. Set
            `producer.override.max.request.size` in the connector, `max.message.bytes` on the topic, and `fetch.max.bytes` and
            `max.partition.fetch.bytes` for consumers that must make progress in few requests.
            """;

    private TypesPage() {}
}
