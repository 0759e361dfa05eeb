package dev.coracle.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
    @ParameterizedTest
    @CsvSource({
        "https://r.example/v2, '', true",
        "https://localhost/v2, '', false",
        "https://127.0.0.1:5000/v2, '', false",
        "https://[::1]:5000/v2, '', false",
        "https://r.example/v2, *, false",
        "https://r.example/v2, r.example, false",
        "https://sub.r.example/v2, r.example, false",
        "https://notr.example/v2, r.example, true",
        "https://r.example/v2, .r.example, true",
        "https://sub.r.example/v2, .r.example, false",
        "https://sub.r.example/v2, '*.r.example', false",
        "https://r.example:5000/v2, r.example:5000, false",
        "https://r.example:5001/v2, r.example:5000, true",
        "https://10.1.2.3/v2, 10.0.0.0/8, false",
        "https://11.1.2.3/v2, 10.0.0.0/8, true",
        "https://10.1.2.3/v2, 'x, 10.1.2.3 ,y', false",
    })
    void no_proxy_is_read_as_go_reads_it(URI target, String direct, boolean proxied) {
        var proxies = new Proxies("", "http://p.example:3128", direct);
        assertThat(proxies.forRequest(target).isPresent()).isEqualTo(proxied);
    }

    @Test
    void each_scheme_has_its_own_proxy() {
        var proxies = new Proxies("p1.example", "http://u:p@p2.example:8080", "");
        assertThat(proxies.forRequest(URI.create("http://r.example/"))).contains(URI.create("http://p1.example"));
        var https = proxies.forRequest(URI.create("https://r.example/")).orElseThrow();
        assertThat(https.getPort()).isEqualTo(8080);
        assertThat(Proxies.authorization(https)).contains("Basic dTpw");
    }

    @Test
    void an_address_that_is_no_http_proxy_is_refused_without_its_password() {
        assertThatThrownBy(() -> new Proxies("", "socks5://u:secret@p.example", ""))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageNotContaining("secret");
    }
}
