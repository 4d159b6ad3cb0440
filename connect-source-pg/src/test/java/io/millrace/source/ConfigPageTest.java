package io.millrace.source;

import io.millrace.core.ConfigPage;
import io.millrace.testing.GoldenFile;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigPageTest {
    @Test
    void theReferenceIsCurrent() {
        GoldenFile.check(
                "docs/configuration/source.md",
                ConfigPage.render("PostgresCdcSourceConnector", Map.of("source", CdcConfig.configDef())));
    }

    @Test
    void theReferenceOfTheQuerySourceIsCurrent() {
        GoldenFile.check(
                "docs/configuration/query-source.md",
                ConfigPage.render("PostgresQuerySourceConnector", Map.of("source", QueryConfig.configDef())));
    }
}
