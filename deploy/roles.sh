# What deploy/install does for a machine that serves a site on another one; it is read by that script.
# shellcheck shell=sh disable=SC2034,SC2086,SC2154

# Returns what a setting will be: what is there already, then what was given.
value() {
    for file in $settings/env "$given"; do
        [ -r "$file" ] || continue
        found=$(sed -n "s/^$1=//p" "$file" | tail -n 1)
        [ -z "$found" ] || { echo "$found" && return; }
    done
}

# Returns what this machine is already; nothing when it is fresh.
role_now() {
    if [ -d $front ]; then
        echo site
    elif [ -r $settings/env ]; then
        sed -n 's/^MACHINE_ROLE=//p' $settings/env | tail -n 1
    fi
}

# Stops, before anything is done, when something is missing that this machine cannot make up.
check_given() {
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        [A-Z]*=*) each=${line%%=*} ;;
        *) continue ;;
        esac
        if [ -r $settings/env ] && grep -q "^$each=" $settings/env && ! grep -qxF -e "$line" $settings/env; then
            stop "$each is another one in $settings/env, which counts here: change it there, or leave it out of $given."
        fi
    done <"$given"
    case $role in
    app) check_app ;;
    ingest) check_ingest ;;
    edge) check_edge ;;
    *) stop "there is no role $role: --role app, ingest or edge." ;;
    esac
}

# Stops unless a setting is there: needs NAME "what it is, and who has it".
needs() {
    [ -n "$(value "$1")" ] || stop "$1 is missing: $2. Put it into a file and name that: --settings FILE"
}

check_ingest() {
    for each in INGEST_NODE INGEST_SITE INGEST_SECRET; do
        needs $each "one of the three lines that \`manage.py ingest_node NAME\` prints on the site's machine"
    done
    needs INGEST_HOST "the address of this machine at which the site reaches it, like 10.0.0.7"
    needs INGEST_ALLOW "the addresses of the site's machines, like 10.0.0.1,10.0.0.2"
}

check_edge() {
    needs EDGE_SITE "the site, like https://live.example.org"
    needs EDGE_URL "under which name browsers reach this edge, as the site's EDGES has it"
    needs EDGE_SECRET "the site's own, in its $settings/env"
}

check_app() {
    for each in SECRET_KEY JWT_SECRET HOOK_SECRET CLIENT_URL; do
        needs $each "the first machine's own; give a copy of its $settings/env, changed as docs/deployment.md says"
    done
    for each in BIND_HOST DATABASE_URL REDIS_URL RTMP_SERVER_URL; do
        case $(value $each) in
        "" | 0.0.0.0 | *127.0.0.1* | *localhost* | *"[::1]"* | ::1 | *:////*)
            stop "$each must be an address in the network of both machines: docs/deployment.md has an example."
            ;;
        esac
    done
    case ",$(value ALLOWED_HOSTS)," in
    *",$(value BIND_HOST),"*) ;;
    *) stop "ALLOWED_HOSTS must name $(value BIND_HOST), too: Prometheus and the doctor ask there." ;;
    esac
    first=$(first_machine | tr -d '[]')
    case ",$(value TRUSTED_PROXIES)," in
    *",$first,"*) ;;
    *) stop "TRUSTED_PROXIES must name $first: the front there says whom it asks for." ;;
    esac
    mountpoint -q $data/media ||
        stop "mount the first machine's $data/media at $data/media (NFS, in /etc/fstab): people upload at either."
    # Files are the same user's on both.
    uid=$(stat -c %u $data/media) gid=$(stat -c %g $data/media)
    [ "$uid" != 0 ] || stop "$data/media belongs to root: is it the first machine's?"
    if getent passwd streair >/dev/null && [ "$(id -u streair)" != "$uid" ]; then
        stop "the user streair is $(id -u streair) here and $uid on the first machine: they must be the same."
    fi
}

# Returns the address of the first machine, from where its streams are read.
first_machine() { value RTMP_SERVER_URL | sed -E 's#^[a-z]+://(\[[^]]*\]|[^:/]*).*#\1#'; }

# Sets all of it up.
serve_another() {
    packages "$role"
    users
    settings_file
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        [A-Z]*=*) setting "${line%%=*}" "${line#*=}" ;;
        esac
    done <"$given"
    setting MACHINE_ROLE "$role"
    setting DATA_DIR $data
    [ "$role" != ingest ] || setting RTMP_PORT "$rtmp_port"
    release
    if [ "$role" = app ]; then
        share_site
        app_units
        run_units streair-web@1.service streair-realtime@1.service
        tell_app
    else
        as_streair .venv/bin/python -m deploy.outpost --settings-only || stop "so it cannot work: $settings/env."
        install_units "streair-$role.service" "streair-$role.service.d"
        run_units "streair-$role.service"
        tell_outpost
    fi
}

# Static files of our own, which are called as the first machine's are; tables are only looked at.
share_site() {
    step "Static files"
    said=$(as_streair .venv/bin/python manage.py migrate --check 2>&1) ||
        stop "the first machine's database does not answer, or its tables are older than this version: \
there, deploy/install comes first. $(echo "$said" | tail -n 1)"
    as_streair .venv/bin/python -m deploy.prepare --keep-static --no-tables
}

# Copies units: install_units NAME…
install_units() {
    step "Units"
    mkdir -p /etc/systemd/system
    for unit in streair-.service.d "$@"; do
        [ ! -e "$release/deploy/systemd/$unit" ] || cp -r "$release/deploy/systemd/$unit" /etc/systemd/system/
    done
}

# And a door, by which whoever ends a room here drops its encoder at the first machine.
app_units() {
    install_units streair.target streair-web@.service streair-realtime@.service
    door=/etc/systemd/system/streair-door
    port=$(value RTMP_PORT)
    port=$((${port:-1935} + 10000))
    [ -z "$(value SIDECAR_PORT)" ] || port=$(value SIDECAR_PORT)
    printf '%s\n' '[Unit]' 'Description=StreAir, to the RTMP server of the first machine' \
        '[Socket]' "ListenStream=127.0.0.1:$port" '[Install]' WantedBy=sockets.target >$door.socket
    printf '%s\n' '[Unit]' 'Description=StreAir, to the RTMP server of the first machine' \
        '[Service]' "ExecStart=/lib/systemd/systemd-socket-proxyd $(first_machine):11937" DynamicUser=yes >$door.service
    enable streair.target
    run_door=streair-door.socket
}

# Tells whether units run with this release and these settings.
run_this() {
    for unit in "$@"; do
        pid=$(systemctl show --property=MainPID --value "$unit")
        [ "$pid" != 0 ] && [ "$(readlink "/proc/$pid/cwd")" = "$release" ] || return 1
        begun=$(systemctl show --property=ExecMainStartTimestamp --value "$unit")
        [ "$(stat -c %Y $settings/env)" -le "$(date -d "$begun" +%s)" ] || return 1
    done
}

# Has units run with this release, now and after a boot. What runs and need not be started anew goes on.
run_units() {
    [ -d /run/systemd/system ] && systemctl daemon-reload
    for unit in "$@" ${run_door:-}; do
        enable "$unit"
    done
    ln -sfn "$release" $home/current
    ln -sfn "$release" $home/slots/1
    if [ $start = no ]; then
        step "Installed; not started (no systemd runs here, or --no-start)"
        return
    fi
    if [ -n "${run_door:-}" ]; then
        # A socket does not open while somebody stands in its door.
        systemctl stop streair-door.service
        systemctl restart $run_door
    fi
    if run_this "$@"; then
        step "Running as before"
    elif [ "$role" = ingest ] && systemctl is-active --quiet streair-ingest; then
        step "Running with the release and the settings of before"
        echo "   Every encoder is dropped for a moment by: systemctl restart streair-ingest"
    else
        step "Starting"
        systemctl restart "$@"
    fi
}

tell_outpost() {
    [ $start = no ] || as_streair .venv/bin/python -m deploy.outpost --wait 20 || true
    step "Done: $role"
    case $role in
    edge)
        port=$(value PORT)
        echo "   The site's $settings/env: EDGES names $(value EDGE_URL), whose proxy with TLS leads to port ${port:-3100}."
        ;;
    ingest) echo "   The site's $settings/env: INGEST_NODES names $(value INGEST_NODE), at $(value INGEST_HOST)." ;;
    esac
    echo "   How it does: cd $home/current && runuser -u streair -- .venv/bin/python -m deploy.outpost"
}

tell_app() {
    [ $start = no ] || as_streair .venv/bin/python manage.py doctor || true
    bind=$(value BIND_HOST)
    step "Done: pages at $bind:3011, sockets and video at $bind:3021"
    echo "   The first machine's $settings/env: FRONT_MORE_WEB=$bind:3011 FRONT_MORE_REALTIME=$bind:3021; then deploy/install there."
}
