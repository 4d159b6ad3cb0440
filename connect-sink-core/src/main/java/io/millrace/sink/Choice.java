package io.millrace.sink;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * One of several words, case and dashes or underscores aside.
 *
 * @param aliases other tools' words for them
 * @param refused other tools' words that have no counterpart, each with what to do instead
 */
record Choice(List<String> words, List<String> aliases, Map<String, String> refused) implements ConfigDef.Validator {
    static Choice of(String... words) {
        return new Choice(List.of(words), List.of(), Map.of());
    }

    Choice aliases(String... more) {
        return new Choice(words, List.of(more), refused);
    }

    Choice refusing(String word, String instead) {
        Map<String, String> more = new HashMap<>(refused);
        more.put(word, instead);
        return new Choice(words, aliases, more);
    }

    static String normal(String text) {
        return text.trim().toLowerCase(Locale.ROOT);
    }

    @Override
    public void ensureValid(String name, @Nullable Object value) {
        String word = value == null ? "" : normal(value.toString());
        String dashed = word.replace('_', '-');
        if (words.contains(word) || words.contains(dashed) || aliases.contains(word)) {
            return;
        }
        String instead = refused.get(word);
        throw new ConfigException(
                name, value, "must be one of " + String.join(", ", words) + (instead == null ? "" : "; " + instead));
    }

    @Override
    public String toString() {
        return "one of " + String.join(", ", words)
                + (aliases.isEmpty() ? "" : " (aliases: " + String.join(", ", aliases) + ")");
    }
}
