package io.millrace.source.signal;

import io.debezium.document.Array;
import io.debezium.document.Document;
import io.debezium.document.DocumentReader;
import io.debezium.document.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's signals as text: an id, a type, and data in JSON.
 *
 * @see <a href="https://debezium.io/documentation/reference/stable/configuration/signalling.html">Sending signals to a
 *     Debezium connector</a>
 */
public final class SignalFormat {
    private static final int COLUMNS = 3;
    private static final String TABLES = "data-collections";

    private SignalFormat() {}

    /** A row of the signal table: its first three columns are id, type and data, whatever their names. */
    public static Signal ofRow(Struct row) throws SignalException {
        List<Field> fields = row.schema().fields();
        if (fields.size() < COLUMNS) {
            throw new SignalException("the signal table needs three columns: id, type, data");
        }
        return of(text(row, fields.get(0)), text(row, fields.get(1)), text(row, fields.get(2)));
    }

    /** A record of the signal topic: the value holds type and data, and perhaps an id. */
    public static Signal ofRecord(String json) throws SignalException {
        Document document = read(json);
        Value data = document.get("data");
        String text = data == null || data.isNull()
                ? null
                : data.isDocument() ? data.asDocument().toString() : data.asString();
        return of(document.getString("id"), document.getString("type"), text);
    }

    /** @param data JSON; may be missing where the type needs none */
    public static Signal of(@Nullable String givenId, @Nullable String type, @Nullable String data)
            throws SignalException {
        String id = givenId == null ? "" : givenId;
        if (type == null || type.isBlank()) {
            throw new SignalException("it has no type");
        }
        Document document = data == null || data.isBlank() ? Document.create() : read(data);
        return switch (type.strip()) {
            case "execute-snapshot" -> execute(id, document);
            case "stop-snapshot" -> {
                List<String> tables = tables(document);
                yield new Signal.Stop(id, tables.isEmpty() ? null : tables);
            }
            case "pause-snapshot" -> new Signal.Pause(id);
            case "resume-snapshot" -> new Signal.Resume(id);
            case "log" -> {
                String message = document.getString("message");
                if (message == null) {
                    throw new SignalException("its data has no \"message\"");
                }
                yield new Signal.Log(id, message);
            }
            default ->
                throw new SignalException("its type \"" + type
                        + "\" is none of execute-snapshot, stop-snapshot, pause-snapshot, resume-snapshot, log");
        };
    }

    private static Signal execute(String id, Document data) throws SignalException {
        List<String> tables = tables(data);
        if (tables.isEmpty()) {
            throw new SignalException("its data names no table in \"" + TABLES + "\"");
        }
        String type = data.getString("type", "incremental").toLowerCase(Locale.ROOT);
        if (!type.equals("incremental") && !type.equals("blocking")) {
            throw new SignalException("the snapshot type \"" + type + "\" is neither incremental nor blocking");
        }
        List<Signal.Condition> conditions = new ArrayList<>();
        Array given = data.getArray("additional-conditions");
        if (given != null) {
            for (Array.Entry entry : given) {
                Document condition =
                        entry.getValue().isDocument() ? entry.getValue().asDocument() : Document.create();
                conditions.add(condition(condition.getString("data-collection"), condition.getString("filter")));
            }
        }
        String forAll = data.getString("additional-condition");
        if (forAll != null && !forAll.isBlank()) {
            conditions.add(condition(".*", forAll));
        }
        boolean ownTopic = data.getBoolean("own-topic", false);
        if (ownTopic && id.isEmpty()) {
            throw new SignalException("a snapshot in a topic of its own takes its name from the signal's id: give one");
        }
        Signal.Range range = new Signal.Range(data.getString("start"), data.getString("end"));
        return new Signal.Execute(id, tables, type.equals("blocking"), ownTopic, conditions, range);
    }

    private static Signal.Condition condition(@Nullable String tables, @Nullable String filter) throws SignalException {
        if (tables == null || filter == null || filter.isBlank()) {
            throw new SignalException("each of \"additional-conditions\" needs \"data-collection\" and \"filter\"");
        }
        if (filter.indexOf(';') >= 0) {
            throw new SignalException("a filter is one condition and cannot hold a semicolon");
        }
        return new Signal.Condition(expression(tables), filter);
    }

    private static List<String> tables(Document data) throws SignalException {
        Value given = data.get(TABLES);
        if (given == null || given.isNull()) {
            return List.of();
        }
        if (!given.isArray()) {
            throw new SignalException("\"" + TABLES + "\" is not a list");
        }
        List<String> tables = new ArrayList<>();
        for (Array.Entry entry : given.asArray()) {
            if (!entry.getValue().isString()) {
                throw new SignalException("\"" + TABLES + "\" holds something else than texts");
            }
            tables.add(expression(entry.getValue().asString()));
        }
        return tables;
    }

    private static String expression(String text) throws SignalException {
        try {
            return Pattern.compile(text.strip()).pattern();
        } catch (PatternSyntaxException e) {
            throw new SignalException("\"" + text + "\" is no regular expression: " + e.getDescription());
        }
    }

    private static Document read(String json) throws SignalException {
        try {
            return DocumentReader.defaultReader().read(json);
        } catch (IOException | RuntimeException e) {
            throw new SignalException("its data is not a JSON object");
        }
    }

    private static @Nullable String text(Struct row, Field field) {
        Object value = row.get(field);
        return value == null ? null : value.toString();
    }
}
