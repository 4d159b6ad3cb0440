package io.millrace.sink.route;

import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Names the target of a change: an entry of the explicit map for its source table or topic where there is one, else the
 * template. Equal answers are the same instance.
 *
 * <p>The template's dots part the name; what replaces a placeholder is never parted. {@code ${topic}} is the topic with
 * dots as underscores; {@code ${source.schema}} and {@code ${source.table}} come from the envelope's source block and,
 * for records without one, from the topic's name {@code <prefix>.<schema>.<table>}; {@code ${source.db}} is the source's database.
 */
public final class Router {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
    private static final List<String> KNOWN = List.of("topic", "source.schema", "source.table", "source.db");

    private final List<String> template;
    private final Map<String, TableId> explicit;
    private final boolean looksAtSource;
    private final Map<TableId, TableId> interned = new HashMap<>();

    public Router(String template, Map<String, TableId> explicit) {
        this.template = split(template);
        this.explicit = Map.copyOf(explicit);
        looksAtSource = !explicit.isEmpty() || this.template.stream().anyMatch(part -> part.contains("${source."));
    }

    /** The source block's names; any may be null. */
    public record Source(@Nullable String database, @Nullable String schema, @Nullable String table) {
        public static final Source NONE = new Source(null, null, null);
    }

    /** @throws DataException when the template asks for a part that the record does not have */
    public TableId route(String topic, Source source) {
        TableId mapped = source.table() == null ? null : explicit.get(qualified(source));
        if (mapped == null) {
            mapped = explicit.get(topic);
        }
        if (mapped == null) {
            List<String> parts = new ArrayList<>();
            for (String part : template) {
                parts.add(fill(part, topic, source));
            }
            mapped = new TableId(parts);
        }
        TableId known = interned.putIfAbsent(mapped, mapped);
        return known == null ? mapped : known;
    }

    /** Whether records of one topic can go to different tables. */
    public boolean looksAtSource() {
        return looksAtSource;
    }

    private static String qualified(Source source) {
        return source.schema() == null ? source.table() + "" : source.schema() + "." + source.table();
    }

    private static String fill(String part, String topic, Source source) {
        Matcher matcher = PLACEHOLDER.matcher(part);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(filled, Matcher.quoteReplacement(value(matcher.group(1), topic, source)));
        }
        return matcher.appendTail(filled).toString();
    }

    private static String value(String name, String topic, Source source) {
        String[] segments = topic.split("\\.", -1);
        String value =
                switch (name) {
                    case "topic" -> topic.replace('.', '_');
                    case "source.db" -> source.database();
                    case "source.table" -> source.table() != null ? source.table() : segments[segments.length - 1];
                    default ->
                        source.schema() != null || source.table() != null
                                ? source.schema()
                                : segments.length > 1 ? segments[segments.length - 2] : null;
                };
        if (value == null || value.isEmpty()) {
            throw new DataException("Topic " + topic + ": there is no ${" + name
                    + "} to name the table with; set table.name.format or add the topic to table.map");
        }
        return value;
    }

    /**
     * Parts a qualified name at its dots; a part may stand in double quotes, a quote inside doubled.
     *
     * @throws IllegalArgumentException for an empty part, an open quote or an unknown placeholder
     */
    public static List<String> split(String name) {
        Matcher placeholders = PLACEHOLDER.matcher(name);
        while (placeholders.find()) {
            if (!KNOWN.contains(placeholders.group(1))) {
                throw new IllegalArgumentException(
                        "Unknown placeholder ${" + placeholders.group(1) + "}; there are " + KNOWN);
            }
        }
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        boolean braced = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' && quoted && i + 1 < name.length() && name.charAt(i + 1) == '"') {
                part.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '.' && !quoted && !braced) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                braced = c == '{' || (braced && c != '}');
                part.append(c);
            }
        }
        parts.add(part.toString());
        if (quoted || parts.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("Not a table name: " + name);
        }
        return parts;
    }
}
