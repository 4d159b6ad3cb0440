package io.millrace.sink.pg;

import io.millrace.core.ConfigPage;
import io.millrace.testing.GoldenFile;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigPageTest {
    @Test
    void theReferenceIsCurrent() {
        GoldenFile.check(
                "docs/configuration/sink.md",
                ConfigPage.render("PostgresSinkConnector", Map.of("sink", PostgresSinkConfig.configDef())));
    }
}
