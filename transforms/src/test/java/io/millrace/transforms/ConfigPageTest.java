package io.millrace.transforms;

import io.millrace.core.ConfigPage;
import io.millrace.testing.GoldenFile;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class ConfigPageTest {
    @Test
    void theReferenceIsCurrent() {
        Map<String, ConfigDef> sections = new LinkedHashMap<>();
        sections.put(ExcludeColumns.class.getName(), ExcludeColumns.CONFIG);
        sections.put(SoftDelete.class.getName(), SoftDelete.CONFIG);
        GoldenFile.check("docs/configuration/transforms.md", ConfigPage.render("Transforms", sections));
    }
}
