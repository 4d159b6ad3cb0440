package io.millrace.sink.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.TableId;
import java.util.Map;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
    private static final Router.Source ORDERS = new Router.Source("shop", "public", "orders");

    private static TableId route(String template, String topic, Router.Source source) {
        return new Router(template, Map.of()).route(topic, source);
    }

    @Test
    void takesTheNamesOfTheSource() {
        assertThat(route("${source.schema}.${source.table}", "t", ORDERS)).isEqualTo(TableId.of("public", "orders"));
        assertThat(route("${source.db}.${source.schema}_${source.table}", "t", ORDERS))
                .isEqualTo(TableId.of("shop", "public_orders"));
    }

    @Test
    void takesTheTopicWithoutASource() {
        assertThat(route("${source.schema}.${source.table}", "p.public.orders", Router.Source.NONE))
                .isEqualTo(TableId.of("public", "orders"));
        assertThat(route("${topic}", "p.public.orders", ORDERS)).isEqualTo(TableId.of("p_public_orders"));
    }

    @Test
    void neverPartsWhatReplacesAPlaceholder() {
        assertThat(route("${source.schema}.${source.table}", "t", new Router.Source("d", "a.b", "c\"d")))
                .isEqualTo(TableId.of("a.b", "c\"d"));
    }

    @Test
    void theMapComesFirst() {
        Router router = new Router("${topic}", Map.of("public.orders", TableId.of("x", "y"), "flat", TableId.of("z")));
        assertThat(router.route("any", ORDERS)).isEqualTo(TableId.of("x", "y"));
        assertThat(router.route("flat", Router.Source.NONE)).isEqualTo(TableId.of("z"));
    }

    @Test
    void equalTablesAreOneInstance() {
        Router router = new Router("${source.table}", Map.of());
        assertThat(router.route("a", ORDERS)).isSameAs(router.route("b", ORDERS));
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> route("${source.schema}.${source.table}", "orders", Router.Source.NONE))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("orders")
                .hasMessageContaining("table.name.format");
    }

    @Test
    void namesMayBeQuoted() {
        assertThat(Router.split("\"a.b\".\"c\"\"d\"")).containsExactly("a.b", "c\"d");
        assertThat(TableId.of("a.b", "c\"d").toString()).isEqualTo("\"a.b\".\"c\"\"d\"");
        assertThat(Router.split(TableId.of("a.b", "c\"d", "e").toString())).containsExactly("a.b", "c\"d", "e");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a..b", ".a", "\"a", "${nope}.a"})
    void refusesWhatIsNoName(String name) {
        assertThatThrownBy(() -> Router.split(name)).isInstanceOf(IllegalArgumentException.class);
    }
}
