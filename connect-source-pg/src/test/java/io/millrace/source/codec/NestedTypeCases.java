package io.millrace.source.codec;

import static io.millrace.source.codec.TypeCase.of;

import io.millrace.source.codec.TypeCase.Difference;
import java.util.ArrayList;
import java.util.List;

/** Types made of others: arrays, domains, composites. */
final class NestedTypeCases {
    private static final String MATRIX = "the text of the array, of which Debezium's list has NULLs";

    private NestedTypeCases() {}

    static List<TypeCase> all() {
        List<TypeCase> cases = new ArrayList<>();
        cases.addAll(arrays());
        cases.addAll(domains());
        cases.addAll(composites());
        return cases;
    }

    private static List<TypeCase> arrays() {
        return List.of(
                of("bool[]", "'{}'", "'{t,f,NULL}'", "NULL"),
                of("int2[]", "'{1,-2,NULL}'", "'{}'"),
                of("int4[]", "'{1,-2,NULL}'", "'{}'", "'[0:1]={5,6}'", "NULL"),
                of("int4[] NOT NULL DEFAULT '{}'", "'{1}'"),
                of("int8[]", "'{1,-2,NULL}'"),
                of("float4[]", "'{1.5,NaN,NULL}'"),
                of("float8[]", "'{1.5,-Infinity,NULL}'"),
                of("numeric[]", "'{1.50,100,NULL}'"),
                of("numeric(10,2)[]", "'{1.5,100,NULL}'"),
                of(
                        "text[]",
                        "'{}'",
                        "'{a,\"b c\",\"\",NULL,\"NULL\",\"q\\\"q\",\"back\\\\slash\",\"{x,y}\",é}'",
                        "NULL"),
                of("varchar(3)[]", "'{a,b}'"),
                of("char(3)[]", "'{a,b}'"),
                of("citext[]", "'{A,b,NULL}'"),
                of("uuid[]", "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}'"),
                of("date[]", "'{2020-01-01,NULL}'"),
                of("timestamp[]", "'{\"2020-01-01 12:00:00.123456\",NULL}'"),
                of("timestamptz[]", "'{\"2020-01-01 12:00:00.123456+00\",NULL}'"),
                of("timetz[]", "'{12:00:00.5+02,NULL}'"),
                of("time[]", "'{12:00:00,NULL}'"),
                of("json[]", "'{\"{\\\"a\\\": 1}\",NULL}'"),
                of("jsonb[]", "'{\"{\\\"a\\\": 1}\",NULL}'"),
                of("bytea[]", "'{\"\\\\x00ff\",NULL}'"),
                of("inet[]", "'{1.2.3.4,NULL}'"),
                of("cidr[]", "'{10.0.0.0/8,NULL}'"),
                of("macaddr[]", "'{08:00:2b:01:02:03,NULL}'"),
                of("oid[]", "'{1,4294967295}'"),
                of("int4range[]", "'{\"[1,5)\",NULL}'"),
                of("mood[]", "'{sad,\"so so\",\"with,comma\"}'", "'{}'")
                        .differing(Difference.SCHEMA)
                        .noting("elements may be NULL, at which Debezium fails"),
                of("mood[]", "'{sad,NULL}'").giving("[sad, NULL]"),
                of("hstore[]", "'{\"a=>1\",NULL}'"),
                of("ltree[]", "'{a.b,c}'"),
                of("money[]", "'{1.5,NULL}'").giving("[1.50, NULL]"),
                of("xml[]", "'{<a/>,NULL}'").giving("[<a/>, NULL]"),
                of("name[]", "'{a,NULL}'").giving("[a, NULL]"),
                of("interval[]", "'{1 day,NULL}'").giving("[P0Y0M1DT0H0M0S, NULL]"),
                of("point[]", "'{\"(1,2)\",NULL}'")
                        .giving(
                                "[{x=1.0, y=2.0, wkb=bytes:0101000000000000000000f03f0000000000000040, srid=NULL}, NULL]"),
                of("bit(3)[]", "'{101,NULL}'").giving("[bytes:05, NULL]"),
                of("varbit[]", "'{101,NULL}'").giving("[bytes:05, NULL]"),
                of("pair[]", "'{\"(1,a)\",NULL}'").giving("[bytes:28312c6129, NULL]"),
                of("posint[]", "'{1,2,NULL}'").giving("[1, 2, NULL]"),
                of("price[]", "'{1.5,NULL}'").giving("[1.50, NULL]"),
                of("text[][]", "'{{a,b},{\"c d\",NULL}}'", "'{{{a,b}},{{c,d}}}'")
                        .giving("{{a,b},{\"c d\",NULL}}", "{{{a,b}},{{c,d}}}")
                        .noting(MATRIX),
                of("int4[][]", "'{{1,2},{3,4}}'", "'[0:0][2:3]={{1,2}}'", "'{}'")
                        .giving("{{1,2},{3,4}}", "[0:0][2:3]={{1,2}}", "{}")
                        .noting(MATRIX),
                of("int4[]", "'{{1,2},{3,4}}'")
                        .differing(Difference.STREAM, Difference.SNAPSHOT)
                        .giving("refused: " + ArrayDecoder.DIMENSIONS),
                of("grid", "'{{1,2},{3,4}}'", "NULL")
                        .giving("{{1,2},{3,4}}", "NULL")
                        .noting(MATRIX),
                of("time[]", "'{12:00:00.123456}'")
                        .differing(Difference.STREAM, Difference.SNAPSHOT)
                        .giving("[43200123456]"));
    }

    private static List<TypeCase> domains() {
        return List.of(
                of("posint", "1", "NULL"),
                of("price", "1.5", "NULL"),
                of("anynumeric", "1.50", "100", "NULL"),
                of("code", "'abc'"),
                of("moods", "'sad'", "NULL"),
                of("nested", "1.5", "NULL"),
                of("ints", "'{1,2,NULL}'", "NULL"));
    }

    private static List<TypeCase> composites() {
        String nothing = "NULL,".repeat(28);
        return List.of(
                of("pair", "'(1,a)'", "'(,)'", "ROW(-1, 'a \"q\", (b) \\ é' || chr(10))", "ROW(0, '')", "NULL"),
                of("pair_domain", "'(1,a)'", "NULL"),
                of(
                        "deep",
                        """
                        ROW(-1.50, 'a,b', ROW(1, 'x'), ARRAY[ROW(1, 'y "z"'), NULL]::pair[], '[2020-01-01,)', '{"a": [1]}',
                          '0044-03-15 BC', '\\x00ff', 0.1, 1e10, true, '2020-01-01 00:00:00.5', '-1 day 02:03:04.5',
                          'with,comma', 'k=>"v w",n=>NULL', '{[1,2)}', 'x', '(1.5,-0)',
                          'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 2.5, '24:00', '12:00+05:30', '10.0.0.0/8', B'101',
                          'a.b', 4294967295, -1, 9223372036854775807, 'a')
                        """,
                        "ROW(" + nothing + "NULL)",
                        "NULL"),
                of("deep[]", "ARRAY[NULL, ROW(" + nothing + "'b')]::deep[]")
                        .giving("[NULL, bytes:28" + "2c".repeat(28) + "226220202229]"),
                of("textspan[]", "ARRAY[textspan('a b', 'c\"d'), NULL]")
                        .giving("[bytes:5b2261206222" + "2c2263222264" + "2229, NULL]"),
                of("bill", "'($1.50)'", "NULL").textOnly(),
                of("seg[]", "'{1 .. 5,NULL}'").textOnly().giving("[bytes:31202e2e2035, NULL]"),
                of("regclass[]", "'{pg_class}'")
                        .textOnly()
                        .differing(Difference.SCHEMA)
                        .noting("elements may be NULL, at which Debezium fails"));
    }
}
