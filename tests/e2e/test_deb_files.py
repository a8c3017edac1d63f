"""packaging/debian agrees with the rest of the tree, and what `make deb` calls does what it says. The packages themselves are
built, installed and removed by `make deb` (test_deb.py), which takes too long for each `make check`."""
import fnmatch
import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest

import cli

DEBIAN = cli.ROOT / "packaging/debian"
PACKAGES = ["bawn", "libbawn0", "libbawn-dev", "libnginx-mod-http-bawn"]
needs_dpkg = pytest.mark.skipif(not shutil.which("dpkg-deb") or not shutil.which("readelf"), reason="no dpkg: this is no Debian")


def lines(name):
    path = DEBIAN / name
    return [line.split("#")[0].strip() for line in path.read_text().splitlines() if line.split("#")[0].strip()] if path.exists() else []


def paragraphs():
    """Of debian/control: name -> {field: value}; the source's has the name `source`."""
    out = {}
    for part in (DEBIAN / "control").read_text().strip().split("\n\n"):
        fields = {k: " ".join(v.split()) for k, v in re.findall(r"^(\S+):((?:.*)(?:\n[ \t].*)*)", part, re.M)}
        out[fields.get("Package", "source")] = fields
    return out


# ---- what the folder says, and what the rest says ---------------------------------------------------------------------------
def test_every_place_names_the_same_version():
    version = re.search(r"^project\(bawn VERSION ([\d.]+)", (cli.ROOT / "CMakeLists.txt").read_text(), re.M)[1]
    assert re.search(r'^#define BAWN_VERSION "(.*)"', (cli.ROOT / "include/bawn/bawn.h").read_text(), re.M)[1] == version
    assert cli.run("--version").out == f"bawn {version}\n"
    first = [line.split()[-1].rstrip("~") for line in lines("libbawn0.symbols")[2:]]
    as_numbers = [tuple(map(int, v.split("."))) for v in first]
    assert as_numbers and max(as_numbers) <= tuple(map(int, version.split(".")))       # no name is newer than the library


def test_the_symbols_file_is_what_the_library_exports():
    script = (cli.ROOT / "src/exchange/libbawn.map").read_text()
    node, listed = re.match(r"(\w+) \{", script)[1], set(re.findall(r"\bbawn_\w+", script.split("local:")[0]))
    symbols = {line.split()[0] for line in lines("libbawn0.symbols")[2:]}
    assert symbols == {f"{name}@{node}" for name in listed | {node}}
    said = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", cli.BUILD / "libbawn.so.0"], capture_output=True, text=True)
    if b"libasan" not in (cli.BUILD / "libbawn.so.0").read_bytes():
        assert {line.split()[2].replace("@@", "@") for line in said.stdout.splitlines()} >= {f"{name}@{node}" for name in listed}
    head = (DEBIAN / "libbawn0.symbols").read_text().splitlines()[0]
    assert head == "libbawn.so.0 libbawn0 #MINVER#" and "SOVERSION 0 " in (cli.ROOT / "cmake/product.cmake").read_text()


def test_the_build_dependencies_are_those_of_the_list():
    """packaging/debian-packages.txt, its part `build`: what `make` installs, and what a package's builder installs."""
    part = (cli.ROOT / "packaging/debian-packages.txt").read_text().split("# build\n")[1].split("# run\n")[0].split()
    asked = {re.match(r"\S+", one)[0] for one in re.split(r",\s*", paragraphs()["source"]["Build-Depends"])}
    given = {"debhelper-compat", "dh-sequence-installsysusers"}
    assert asked - given == set(part) - {"build-essential"} and given <= asked


def as_in_debian(path):
    """Where debian/rules has it: libraries in a folder of the machine's, units not beneath usr."""
    path = re.sub(r"^usr/lib/(libbawn\.so|pkgconfig/)", r"usr/lib/x86_64-linux-gnu/\1", path)
    return re.sub(r"^usr/(lib/systemd/)", r"\1", path)


def claims(pattern, path):
    """dh_install's: a file, or all beneath a folder."""
    return fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path, pattern.rstrip("/") + "/*")


@cli.needs_plain_module
def test_every_installed_file_is_in_one_package_or_left_out(tmp_path):
    subprocess.run(["cmake", "--install", cli.BUILD, "--prefix", "/usr"], env={**os.environ, "DESTDIR": str(tmp_path)}, check=True,
                   capture_output=True, timeout=120)
    left_out = lines("not-installed")
    installed = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_symlink() or p.is_file()}
    assert set(left_out) <= installed                                                 # debian/rules takes them away
    files = {as_in_debian(p) for p in installed - set(left_out)} | {"etc/bawn/bawn.yaml"}
    assert len(files) > 30
    wanted = [(package, pattern) for package in PACKAGES for pattern in lines(f"{package}.install")]
    for path in sorted(files):
        owners = [package for package, pattern in wanted if claims(pattern, path)]
        assert len(owners) == 1, f"{path}: {owners}"
    for package, pattern in wanted:
        assert any(claims(pattern, path) for path in files), f"{package}.install: {pattern} is no file"
    for name in ("libbawn-dev.examples", "libbawn-dev.docs", "libnginx-mod-http-bawn.docs"):
        assert lines(name) and all((cli.ROOT / path).is_file() for path in lines(name))


def test_packages_are_those_of_control_and_none_brings_a_server_unasked():
    """Debian's nginx opens port 80 when it is installed: who asks for the command alone does not get it."""
    control = paragraphs()
    assert sorted(set(control) - {"source"}) == sorted(PACKAGES)
    for name in ("bawn", "libbawn0", "libbawn-dev"):
        assert not [k for k in ("Depends", "Pre-Depends", "Recommends") if "nginx" in control[name].get(k, "")]
    rules = (DEBIAN / "rules").read_text()
    assert "dh_installsystemd --no-enable" in rules and "dh_nginx --noenable" in rules


def test_no_package_asks_for_another_release_of_ours():
    """Files of one build go together: what they ask for of each other is `= ${binary:Version}`, and the patterns' Vectorscan is bounded."""
    control = paragraphs()
    for name in ("libbawn-dev", "libnginx-mod-http-bawn"):
        assert "libbawn0 (= ${binary:Version})" in control[name]["Depends"]
    for name in ("bawn", "libbawn0"):                                       # those that have the patterns inside
        assert "${vectorscan:Depends}" in control[name]["Depends"]
    assert control["bawn"]["Breaks"] == "libnginx-mod-http-bawn (<< ${binary:Version})"


@pytest.mark.parametrize("name", ["bawn.postinst", "bawn.postrm"])
def test_scripts_of_packages_are_sound_and_debhelper_has_its_place(name):
    text = (DEBIAN / name).read_text()
    assert [line for line in text.splitlines() if "#DEBHELPER#" in line] == ["#DEBHELPER#"] and "\nset -e\n" in text
    filled = text.replace("#DEBHELPER#", 'if [ "$1" = configure ]; then\n\ttrue\nfi')
    assert subprocess.run(["sh", "-n"], input=filled, text=True, capture_output=True).stderr == ""


def test_the_policy_of_the_package_is_right_and_listens_on_loopback_alone(tmp_path):
    done = cli.run("policy", "check", "--state", tmp_path, DEBIAN / "bawn.yaml")
    assert done.status == 0, done.err
    conf = cli.run("config", "-c", DEBIAN / "bawn.yaml", "--state", tmp_path).out
    assert re.findall(r"^\s*listen\s+(\S+?)[; ]", conf, re.M) == ["127.0.0.1:8480"]


# ---- packaging/checksums -----------------------------------------------------------------------------------------------------
def checksums(*words, key=None):
    env = {**os.environ, "BAWN_SIGN_KEY": str(key)} if key else {k: v for k, v in os.environ.items() if k != "BAWN_SIGN_KEY"}
    return subprocess.run([cli.ROOT / "packaging/checksums", *words], capture_output=True, text=True, env=env, timeout=60)


def new_key(path, *kind):
    subprocess.run(["openssl", "genpkey", "-algorithm", *kind, "-out", path], check=True, capture_output=True)
    return path


def test_checksums_are_signed_by_the_key_that_is_named(tmp_path):
    key, folder = new_key(tmp_path / "key.pem", "ed25519"), tmp_path / "out"
    folder.mkdir()
    (folder / "one.deb").write_bytes(b"1")
    (folder / "two words.json").write_bytes(b"2")
    assert checksums(folder).returncode == 0
    assert (folder / "SHA256SUMS").read_text() == "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in (("one.deb", b"1"), ("two words.json", b"2")))
    assert not (folder / "SHA256SUMS.sig").exists()
    assert checksums(folder, key=key).returncode == 0
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", tmp_path / "public.pem"], check=True)
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "public.pem", "-rawin", "-in", folder / "SHA256SUMS",
              "-sigfile", folder / "SHA256SUMS.sig"]
    assert subprocess.run(verify, capture_output=True).returncode == 0
    (folder / "SHA256SUMS").write_text((folder / "SHA256SUMS").read_text().replace("one", "own"))
    assert subprocess.run(verify, capture_output=True).returncode != 0
    assert checksums(folder).returncode == 0 and not (folder / "SHA256SUMS.sig").exists()        # no stale signature


def test_another_key_is_refused_before_anything_is_written(tmp_path):
    rsa = new_key(tmp_path / "rsa.pem", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    folder = tmp_path / "out"
    folder.mkdir()
    for key in (rsa, tmp_path / "none.pem"):
        for words in ((folder,), ("--key",)):
            done = checksums(*words, key=key)
            assert done.returncode == 1 and "expected a private Ed25519 key" in done.stderr
    assert not list(folder.iterdir())
    assert checksums("--key", key=new_key(tmp_path / "good.pem", "ed25519")).returncode == 0


# ---- packaging/sbom -----------------------------------------------------------------------------------------------------------
def small_package(folder, name, depends, *files):
    """A package in which files of the build stand."""
    root = folder / name
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN/control").write_text(f"Package: {name}\nVersion: 0.1.0~git1\nArchitecture: amd64\nMaintainer: x <x@y.invalid>\n"
                                         f"Depends: {depends}\nDescription: x\n")
    (root / "usr/lib").mkdir(parents=True)
    for path in files:
        shutil.copy(path, root / "usr/lib")
    subprocess.run(["dpkg-deb", "-Znone", "--build", root, folder], check=True, capture_output=True)


def check_shape(bom):
    """What CycloneDX 1.5's schema and its rules for references ask of the parts that we use (https://cyclonedx.org/docs/1.5/json/)."""
    assert (bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.5", 1)
    assert set(bom) == {"bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "dependencies"}
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", bom["serialNumber"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bom["metadata"]["timestamp"])
    allowed = {"type", "bom-ref", "name", "version", "purl", "licenses", "hashes", "components", "properties", "scope"}
    everything = [bom["metadata"]["component"], *bom["components"], *(i for c in bom["components"] for i in c.get("components", []))]
    for c in everything:
        assert set(c) <= allowed and c["name"] and c["type"] in ("application", "library", "file")
        assert c.get("scope", "required") in ("required", "excluded")
        assert all(h["alg"] == "SHA-256" and re.fullmatch("[0-9a-f]{64}", h["content"]) for h in c.get("hashes", []))
        assert all(set(p) == {"name", "value"} for p in c.get("properties", []))
        if c["type"] != "file" and c["bom-ref"] != "bawn":
            assert re.fullmatch(r"pkg:deb/debian/[a-z0-9.+-]+@[^?@:]+\?arch=\w+&distro=bookworm", c["purl"])
    refs = [c["bom-ref"] for c in everything]
    assert len(refs) == len(set(refs))
    top = {bom["metadata"]["component"]["bom-ref"], *(c["bom-ref"] for c in bom["components"])}
    assert {d["ref"] for d in bom["dependencies"]} == top and len(bom["dependencies"]) == len(top)
    for d in bom["dependencies"]:
        assert set(d["dependsOn"]) <= top and len(set(d["dependsOn"])) == len(d["dependsOn"])


@needs_dpkg
@cli.needs_plain_module
def test_the_bill_of_materials_names_what_is_linked_and_what_is_depended_on(tmp_path):
    small_package(tmp_path, "libbawn0", "libc6 (>= 2.34)", cli.BUILD / "libbawn.so.0")
    small_package(tmp_path, "libnginx-mod-http-bawn", "libbawn0 (= 0.1.0~git1), nginx | httpd, libc6", cli.BUILD / "ngx_http_bawn_module.so")
    env, outs = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, []
    for name in ("one.json", "two.json"):
        subprocess.run([cli.ROOT / "packaging/sbom", tmp_path, tmp_path / name], check=True, env=env, capture_output=True, timeout=120)
        outs.append((tmp_path / name).read_bytes())
    assert outs[0] == outs[1]                                                              # the same packages, the same bytes
    bom = json.loads(outs[0])
    check_shape(bom)
    assert bom["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    by_name = {c["name"]: c for c in bom["components"]}
    needs = {d["ref"]: {ref.split("/")[-1].split("@")[0] for ref in d["dependsOn"]} for d in bom["dependencies"]}
    library, module = by_name["libbawn0"], by_name["libnginx-mod-http-bawn"]
    assert needs[library["bom-ref"]] >= {"libvectorscan5", "libfyaml0", "libpcre2-8-0", "libssl3", "libutf8proc2", "libc6"}
    assert needs[module["bom-ref"]] >= {"libbawn0", "nginx", "zlib1g", "libbrotli1"}           # its Depends too
    assert "libstdc++6" in needs[by_name["libvectorscan5"]["bom-ref"]]                         # and what these need
    asked = {p["value"] for p in library["properties"]}
    said = subprocess.run(["readelf", "-d", cli.BUILD / "libbawn.so.0"], capture_output=True, text=True, check=True).stdout
    assert asked == set(re.findall(r"NEEDED.*\[(.*)\]", said)) and "libhs.so.5" in asked
    inside = {c["name"]: c["hashes"][0]["content"] for c in library["components"]}
    assert inside == {"/usr/lib/libbawn.so.0": hashlib.sha256((cli.BUILD / "libbawn.so.0").read_bytes()).hexdigest()}
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libvectorscan5"], capture_output=True, text=True).stdout
    assert by_name["libvectorscan5"]["version"] == version
    if "libicu-dev" in by_name:
        assert by_name["libicu-dev"]["scope"] == "excluded"                                    # read while building, not shipped


# ---- packaging/module ----------------------------------------------------------------------------------------------------------
def module(*words):
    return subprocess.run([cli.ROOT / "packaging/module", *words], capture_output=True, text=True, timeout=60)


def test_a_module_is_built_only_for_sources_and_an_nginx_that_go_together(tmp_path):
    assert "expected a folder with nginx's sources" in module().stderr
    done = module(tmp_path)
    assert done.returncode == 1 and "found no src/core/nginx.h" in done.stderr
    (tmp_path / "src/core").mkdir(parents=True)
    (tmp_path / "src/core/nginx.h").write_text('#define NGINX_VERSION      "1.99.7"\n')
    nginx = tmp_path / "nginx"
    nginx.write_text("#!/bin/sh\necho nginx version: nginx/1.98.0 >&2\n")
    nginx.chmod(0o755)
    done = module(tmp_path, nginx)
    assert done.returncode == 1 and f"{nginx} is nginx 1.98.0, {tmp_path} is 1.99.7; expected the same" in done.stderr
    assert not (cli.ROOT / "build/module-1.99.7").exists()


def test_a_folder_without_packages_is_no_bill_of_nothing(tmp_path):
    done = subprocess.run([cli.ROOT / "packaging/sbom", tmp_path, tmp_path / "x.json"], capture_output=True, text=True)
    assert done.returncode == 1 and "found no package" in done.stderr and not (tmp_path / "x.json").exists()
