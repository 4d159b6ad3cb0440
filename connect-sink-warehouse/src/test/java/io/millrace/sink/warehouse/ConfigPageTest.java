package io.millrace.sink.warehouse;

import io.millrace.core.ConfigPage;
import io.millrace.testing.GoldenFile;
import org.junit.jupiter.api.Test;

class ConfigPageTest {
    @Test
    void theReferenceIsCurrent() {
        GoldenFile.check(
                "docs/configuration/warehouse.md",
                ConfigPage.render("WarehouseSinkConnector", WarehouseSinkConfig.parts()));
    }
}
