package io.millrace.source.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CopyStateTest {
    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableId ODD = new TableId("shop", "with\nbreak");

    private static CopyRequest request(String id, TableId table) {
        return CopyRequest.of(id, table, CopyRequest.Kind.INCREMENTAL, "a = 'x'");
    }

    @Test
    void goesIntoAnOffsetAndBack() {
        CopyState state = CopyState.capturing(Set.of(ORDERS, ODD))
                .adding(request("1", ORDERS))
                .advanced(request("1", ORDERS).upTo(List.of("it's", "2020-01-01"), "shape", 12))
                .adding(request("2", ODD))
                .pausing(true)
                .following("7 a")
                .following(41)
                .having(new Looked("4000000000", "f", List.of("shop.orders@7/9")));
        assertThat(CopyState.of(state.offset())).isEqualTo(state);
        assertThat(state.captures().test(ODD)).isTrue();
    }

    @Test
    void anOffsetOfSomethingElseIsNone() {
        assertThat(CopyState.of(null)).isNull();
        assertThat(CopyState.of(Map.of("lsn", 1L))).isNull();
    }

    @Test
    void partitionHasOneOrderInEveryProcess() {
        assertThat(CopyState.partition("p").keySet()).containsExactly("server", "state");
    }

    @Test
    void remembersTheLastSignals() {
        CopyState state = CopyState.capturing(Set.of()).following("7 a").following(41);
        for (int i = 0; i < 49; i++) {
            state = state.following("8 " + i);
        }
        assertThat(state.followed()).contains("7 a").hasSize(50);
        assertThat(state.signalOffset()).isEqualTo(42);
        assertThat(state.following("9").followed()).doesNotContain("7 a").hasSize(50);
    }

    @Test
    void copiesOfTablesThatAreNotCapturedAnyMoreAreDropped() {
        CopyState state = CopyState.capturing(Set.of(ORDERS, ODD))
                .adding(request("1", ODD))
                .capturingNow(Set.of(ORDERS), List.of(request("2", ORDERS)));
        assertThat(state.requests()).extracting(CopyRequest::table).containsExactly(ORDERS);
        assertThat(state.captures().test(ODD)).isFalse();
    }
}
