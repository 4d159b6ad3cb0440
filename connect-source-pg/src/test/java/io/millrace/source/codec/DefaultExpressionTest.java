package io.millrace.source.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.ColumnDefault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultExpressionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1.5",
                "'-5'::integer",
                "(-1.5)",
                "(- (5)::bigint)",
                "1e+20",
                "(0)::numeric(10,2)",
                "true",
                "''::text",
                "'it''s'::text",
                "'a::b'::character varying(20)",
                "('a'::text)::character varying",
                "'2020-01-01 00:00:00'::timestamp(3) without time zone",
                "'1 day'::interval",
                "'{}'::integer[]",
                "'so so'::\"My schema\".\"Mood\"",
                "B'1'::\"bit\"",
                "'\\x00'::bytea",
                "'f(x)'::text",
                "'now()'::text"
            })
    void literalsAreConstant(String expression) {
        assertThat(DefaultExpression.judge(expression)).isEqualTo(ColumnDefault.CONSTANT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gen_random_uuid()",
                "now()",
                "CURRENT_TIMESTAMP",
                "CURRENT_DATE",
                "nextval('public.t_id_seq'::regclass)",
                "(random() * (100)::double precision)",
                "('a'::text || 'b'::text)",
                "(1) + (2)",
                "timezone('utc'::text, now())",
                "(now())::date",
                "SESSION_USER",
                "ARRAY[nextval('s'::regclass)]",
                "'2020-01-01'::date + '1 day'::interval",
                "('2020-01-01'::date + 5)",
                "upper('x'::text)"
            })
    void allElseIsComputed(String expression) {
        assertThat(DefaultExpression.judge(expression)).isEqualTo(ColumnDefault.COMPUTED);
    }

    @Test
    void nothingIsNoDefault() {
        assertThat(DefaultExpression.judge(null)).isNull();
        assertThat(DefaultExpression.judge("NULL::character varying")).isNull();
    }
}
