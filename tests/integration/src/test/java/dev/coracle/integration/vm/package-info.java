/// What needs a machine of its own: a Debian with systemd, cgroup v2 and a login session, booted in an emulator. Its
/// consoles are typed at as a user would. The image is made from the distribution's packages and kept between runs.
@NullMarked
package dev.coracle.integration.vm;

import org.jspecify.annotations.NullMarked;
