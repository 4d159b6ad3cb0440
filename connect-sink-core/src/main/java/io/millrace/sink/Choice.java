package io.millrace.sink;

import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** One of several words, case and dashes or underscores aside; aliases are other tools' words for them. */
record Choice(List<String> words, List<String> aliases) implements ConfigDef.Validator {
    static Choice of(List<String> words, List<String> aliases) {
        return new Choice(words, aliases);
    }

    static String normal(String text) {
        return text.trim().toLowerCase(Locale.ROOT);
    }

    @Override
    public void ensureValid(String name, @Nullable Object value) {
        String word = value == null ? "" : normal(value.toString());
        String dashed = word.replace('_', '-');
        if (!words.contains(word) && !words.contains(dashed) && !aliases.contains(word)) {
            String later = word.equals("overwrite") ? " (overwrite is not available yet)" : "";
            throw new ConfigException(name, value, "must be one of " + String.join(", ", words) + later);
        }
    }

    @Override
    public String toString() {
        return "one of " + String.join(", ", words)
                + (aliases.isEmpty() ? "" : " (aliases: " + String.join(", ", aliases) + ")");
    }
}
