/* The beginning of the AppImage: a static program that runs the program in the SquashFS image appended to it.

   It mounts the image with FUSE where that works, with /dev/fuse as root, else with fusermount3. Elsewhere it
   unpacks it into a folder that only its user can enter. Both are gone once the program and what it has left
   running have ended. The program replaces this one: it has its process ID, its signals and its exit code.

   Written from the AppImage specification (type 2), and the documentation of FUSE and squashfuse.
   appimage.py compiles it. */
#define _GNU_SOURCE
#include <squashfuse/config.h>
#include <squashfuse/ll.h>
#include <squashfuse/traverse.h>
#include <squashfuse/util.h>

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define CANNOT_RUN 127
#define SECONDS_BETWEEN_LOOKS 1

static const char HELP[] =
    "An AppImage of TEE-Rex, the application. Called by the name tee-rex it is the command line:\n"
    "  ln -s %s ~/.local/bin/tee-rex\n\n"
    "  --appimage-extract           unpack it into the folder squashfs-root\n"
    "  --appimage-extract-and-run   run it without FUSE; so does APPIMAGE_EXTRACT_AND_RUN=1\n"
    "  --appimage-mount             mount it until interrupted, and print where\n"
    "  --appimage-offset            print where its SquashFS image begins\n"
    "  --appimage-version           print the version of TEE-Rex\n"
    "  --appimage-help              print this\n"
    "  --install-desktop-entry      add it to this user's menu; with --remove, remove it from there\n"
    "All else is for TEE-Rex.\n";

/* squashfuse refers to all compressions; the image uses Zstandard. */
int LZ4_decompress_safe(void) { return -1; }
int lzma_stream_buffer_decode(void) { return -1; }
int lzo1x_decompress_safe(void) { return -1; }
int uncompress(void) { return -1; }

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *text, ...) {
    va_list values;
    va_start(values, text);
    fputs("AppImage: ", stderr);
    vfprintf(stderr, text, values);
    fputc('\n', stderr);
    exit(CANNOT_RUN);
}

/* A path in memory of its own; fails if it is too long. */
__attribute__((format(printf, 1, 2))) static char *path(const char *format, ...) {
    char *made;
    va_list values;
    va_start(values, format);
    if (vasprintf(&made, format, values) < 0) fail("out of memory");
    if (strlen(made) >= PATH_MAX) fail("too long a path");
    return made;
}

/* Where the image begins: behind the section headers, which the linker puts last. */
static off_t image_offset(void) {
    Elf64_Ehdr head;
    int self = open(SELF, O_RDONLY | O_CLOEXEC);
    if (self < 0 || read(self, &head, sizeof head) != sizeof head) fail("cannot read itself");
    close(self);
    return (off_t)head.e_shoff + (off_t)head.e_shnum * head.e_shentsize;
}

/* A process of its own, not a child of the program that this one becomes; true in it. */
static bool in_background(void) {
    pid_t child = fork();
    if (child < 0) fail("no new process: %s", strerror(errno));
    if (child > 0) {
        waitpid(child, NULL, 0);
        return false;
    }
    if (setsid() < 0 || fork() != 0) _exit(0);
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; fd++) dup2(nothing, fd);
    /* It ends after the program, whatever ends that. */
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    if (chdir("/") != 0) _exit(0);
    return true;
}

/* --- with FUSE --- */

/* In a process of its own, because the file system may be asked about itself meanwhile. */
static void unmount(const char *folder) {
    if (fork() == 0) {
        if (umount2(folder, UMOUNT_NOFOLLOW) != 0 && errno == EPERM)
            execlp("fusermount3", "fusermount3", "-u", "-q", "--", folder, (char *)NULL);
        _exit(0);
    }
}

/* Answer until the mount is gone. alive: a pipe that breaks when the program ends; then unmount, which works
   once nothing uses the mount any more. */
static void answer(struct fuse_session *session, int alive, const char *folder) {
    struct pollfd watched[] = {{fuse_session_fd(session), POLLIN, 0}, {alive, 0, 0}};
    struct fuse_buf request = {0};
    signal(SIGCHLD, SIG_IGN);
    while (!fuse_session_exited(session)) {
        int found = poll(watched, 2, watched[1].fd < 0 ? SECONDS_BETWEEN_LOOKS * 1000 : -1);
        if (found < 0 && errno != EINTR) return;
        if (found == 0 || (found > 0 && watched[1].revents)) {
            watched[1].fd = -1;
            unmount(folder);
        }
        if (found > 0 && watched[0].revents) {
            int size = fuse_session_receive_buf(session, &request);
            if (size > 0) fuse_session_process_buf(session, &request);
            else if (size != -EINTR) return;
        }
    }
}

static void serve(const char *folder, off_t offset, int alive, int ready) {
    static const struct fuse_lowlevel_ops operations = {
        .getattr = sqfs_ll_op_getattr, .opendir = sqfs_ll_op_opendir, .releasedir = sqfs_ll_op_releasedir,
        .readdir = sqfs_ll_op_readdir, .lookup = sqfs_ll_op_lookup,   .open = sqfs_ll_op_open,
        .release = sqfs_ll_op_release, .read = sqfs_ll_op_read,       .readlink = sqfs_ll_op_readlink,
        .forget = sqfs_ll_op_forget,
    };
    char *options[] = {"tee-rex", "-oro,nosuid,nodev,fsname=tee-rex,subtype=appimage"};
    struct fuse_args arguments = FUSE_ARGS_INIT(2, options);
    sqfs_ll *image = sqfs_ll_open(SELF, offset);
    struct fuse_session *session =
        image ? fuse_session_new(&arguments, &operations, sizeof operations, image) : NULL;
    if (session && fuse_session_mount(session, folder) == 0) {
        if (write(ready, "", 1) == 1) close(ready);
        answer(session, alive, folder);
        umount2(folder, UMOUNT_NOFOLLOW | MNT_DETACH);
    }
    rmdir(folder);
    _exit(0);
}

/* The folder that the image is mounted at, for as long as this process has an open file more; NULL if there
   is no FUSE for it. */
static char *mounted(off_t offset) {
    const char *temporary = getenv("TMPDIR");
    char *folder = path("%s/.mount_tee-rexXXXXXX", temporary && *temporary == '/' ? temporary : "/tmp");
    int alive[2], ready[2];
    if (access("/dev/fuse", R_OK | W_OK) != 0 || mkdtemp(folder) == NULL) return NULL;
    if (pipe2(alive, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0) fail("no pipe: %s", strerror(errno));
    if (in_background()) {
        close(alive[1]);
        close(ready[0]);
        serve(folder, offset, alive[0], ready[1]);
    }
    close(alive[0]);
    close(ready[1]);
    char byte;
    struct statfs file_system;
    bool there = read(ready[0], &byte, 1) == 1 && statfs(folder, &file_system) == 0 &&
                 file_system.f_type == FUSE_SUPER_MAGIC;
    close(ready[0]);
    if (!there) {
        close(alive[1]);
        return NULL;
    }
    fcntl(alive[1], F_SETFD, 0);
    return folder;
}

/* --- without FUSE --- */

static void write_file(sqfs *image, sqfs_inode *inode, int folder, const char *name) {
    static char buffer[1 << 20];
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) fail("cannot write %s: %s", name, strerror(errno));
    for (sqfs_off_t at = 0; (uint64_t)at < inode->xtra.reg.file_size;) {
        sqfs_off_t size = sizeof buffer;
        if (sqfs_read_range(image, inode, at, &size, buffer) != SQFS_OK || size <= 0)
            fail("damaged; download it again: %s", name);
        for (ssize_t done = 0, more; done < size; done += more)
            if ((more = write(file, buffer + done, size - done)) < 0)
                fail("cannot write %s: %s", name, strerror(errno));
        at += size;
    }
    if (fchmod(file, inode->base.mode & 0755) != 0 || close(file) != 0)
        fail("cannot write %s: %s", name, strerror(errno));
}

/* Unpack the image into a folder. What is unpacked belongs to this user, who alone can write to it. */
static void unpack(off_t offset, int folder) {
    sqfs image;
    sqfs_traverse entries;
    sqfs_err error;
    if (sqfs_open_image(&image, SELF, offset) != SQFS_OK ||
        sqfs_traverse_open(&entries, &image, sqfs_inode_root(&image)) != SQFS_OK)
        fail("damaged; download it again");
    while (sqfs_traverse_next(&entries, &error)) {
        sqfs_inode inode;
        char target[PATH_MAX];
        size_t size = sizeof target;
        if (entries.dir_end) continue;
        if (sqfs_inode_get(&image, &inode, sqfs_dentry_inode(&entries.entry)) != SQFS_OK)
            fail("damaged; download it again");
        if (S_ISDIR(inode.base.mode)) {
            if (mkdirat(folder, entries.path, 0755) != 0)
                fail("cannot write %s: %s", entries.path, strerror(errno));
        } else if (S_ISLNK(inode.base.mode)) {
            if (sqfs_readlink(&image, &inode, target, &size) != SQFS_OK ||
                symlinkat(target, folder, entries.path) != 0)
                fail("cannot write %s: %s", entries.path, strerror(errno));
        } else if (S_ISREG(inode.base.mode)) {
            write_file(&image, &inode, folder, entries.path);
        }
    }
    if (error != SQFS_OK) fail("damaged; download it again");
    sqfs_traverse_close(&entries);
    sqfs_fd_close(image.fd);
    sqfs_destroy(&image);
}

static int removed(const char *name, const struct stat *status, int kind, struct FTW *where) {
    (void)status, (void)kind, (void)where;
    return remove(name);
}

static void remove_all(const char *folder) { nftw(folder, removed, 16, FTW_DEPTH | FTW_PHYS); }

/* Whether a program runs from a folder. */
static bool runs_from(const char *folder) {
    DIR *processes = opendir("/proc");
    bool found = false;
    for (struct dirent *one; processes && !found && (one = readdir(processes));) {
        char link[sizeof one->d_name + 16], program[PATH_MAX];
        snprintf(link, sizeof link, "/proc/%s/exe", one->d_name);
        ssize_t size = readlink(link, program, sizeof program - 1);
        if (size < 0) continue;
        program[size] = '\0';
        size_t length = strlen(folder);
        found = strncmp(program, folder, length) == 0 && program[length] == '/';
    }
    if (processes) closedir(processes);
    return found;
}

/* Whether nobody but this user and root could have put something in a folder's place or into it. */
static bool is_private(int folder) {
    struct stat status;
    return fstat(folder, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 077) == 0;
}

static bool is_safe_parent(const char *folder) {
    struct stat status;
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) return false;
    if (status.st_uid != geteuid() && status.st_uid != 0) return false;
    return (status.st_mode & 022) == 0 || (status.st_mode & S_ISVTX) != 0;
}

static int opened(const char *folder) {
    return open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The folder that has what is unpacked, made if it is missing, for this process alone until it closes or
   unlocks it; -1 if it cannot be had or is not this user's own. */
static int locked(const char *top) {
    for (;;) {
        struct stat there, have;
        if (mkdir(top, 0700) != 0 && errno != EEXIST) return -1;
        int folder = opened(top);
        if (folder < 0 && errno == ENOENT) continue;
        if (folder < 0 || !is_private(folder) || flock(folder, LOCK_EX) != 0) return -1;
        /* Another process may have removed it meanwhile. */
        if (fstat(folder, &have) == 0 && lstat(top, &there) == 0 && there.st_ino == have.st_ino &&
            there.st_dev == have.st_dev)
            return folder;
        close(folder);
    }
}

/* Remove what is unpacked in a locked folder and not in use, except for one name. False if a program still
   runs from there that others have left running. */
static bool swept(const char *top, const char *except) {
    DIR *folders = opendir(top);
    bool all = true;
    for (struct dirent *one; folders && (one = readdir(folders));) {
        if (one->d_name[0] == '.' || strcmp(one->d_name, except) == 0) continue;
        char *folder = path("%s/%s", top, one->d_name);
        int found = opened(folder);
        if (flock(found, LOCK_EX | LOCK_NB) == 0) { /* else whoever uses it will remove it */
            if (runs_from(folder)) all = false;
            else remove_all(folder);
        }
        close(found);
        free(folder);
    }
    if (folders) closedir(folders);
    return all;
}

/* Once nothing uses what is unpacked, remove it and the folder that has it. watched: what is unpacked, or is
   going to be. */
static void tidy(const char *top, int watched) {
    for (;;) {
        flock(watched, LOCK_EX); /* waits for the programs that were started */
        flock(watched, LOCK_UN);
        int all = locked(top);
        if (all < 0) break;
        bool done = swept(top, "");
        rmdir(top);
        close(all);
        if (done) break;
        sleep(SECONDS_BETWEEN_LOOKS);
    }
    _exit(0);
}

/* The folder below ``top`` that the image is unpacked in, for as long as this process has an open file more;
   NULL if that cannot be. Programs of one AppImage share a folder: they find it by what no other file has. */
static char *unpacked_below(const char *top, off_t offset) {
    struct stat self;
    struct statvfs file_system;
    int all = locked(top);
    if (all < 0) return NULL;
    if (fstatvfs(all, &file_system) != 0 || (file_system.f_flag & ST_NOEXEC) || stat(SELF, &self) != 0) {
        rmdir(top);
        close(all);
        return NULL;
    }
    char *name = path("%lx-%lx-%lx-%lx-%lx", (long)self.st_dev, (long)self.st_ino, (long)self.st_size,
                      (long)self.st_ctim.tv_sec, (long)self.st_ctim.tv_nsec);
    char *folder = path("%s/%s", top, name), *new = path("%s/new", top);
    swept(top, name);
    int found = opened(folder);
    bool missing = found < 0;
    if (missing && (mkdir(new, 0700) != 0 || (found = opened(new)) < 0))
        fail("cannot make %s: %s", new, strerror(errno));
    if (!is_private(found) || flock(found, LOCK_SH) != 0) fail("%s is not your own", folder);
    int watched = opened(missing ? new : folder);
    if (in_background()) {
        close(found);
        close(all);
        tidy(top, watched);
    }
    close(watched);
    if (missing) {
        fputs("Unpacking TEE-Rex, because there is no FUSE here.\n", stderr);
        unpack(offset, found);
        if (rename(new, folder) != 0) fail("cannot make %s: %s", folder, strerror(errno));
    }
    close(all);
    fcntl(found, F_SETFD, 0);
    return folder;
}

static char *unpacked(off_t offset) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME"), *temporary = getenv("TMPDIR");
    char *own = cache && *cache == '/' ? path("%s", cache)
                : home && *home == '/' ? path("%s/.cache", home)
                                       : NULL;
    char *folder = NULL;
    if (own) {
        char *parent = path("%s", own);
        *strrchr(parent, '/') = '\0';
        if (is_safe_parent(*parent ? parent : "/")) mkdir(own, 0700);
        if (is_safe_parent(own)) folder = unpacked_below(path("%s/tee-rex-appimage", own), offset);
    }
    if (!folder) {
        const char *place = temporary && *temporary == '/' ? temporary : "/tmp";
        if (is_safe_parent(place))
            folder = unpacked_below(path("%s/tee-rex-appimage-%u", place, geteuid()), offset);
    }
    if (!folder)
        fail("there is no FUSE, and no folder to unpack it in. Set XDG_CACHE_HOME to a folder of yours with "
             "350 MB that programs may start from.");
    return folder;
}

static void extract(off_t offset) {
    int folder;
    if (mkdir("squashfs-root", 0755) != 0 || (folder = opened("squashfs-root")) < 0)
        fail("cannot make the folder squashfs-root: %s", strerror(errno));
    unpack(offset, folder);
    puts("squashfs-root");
    exit(0);
}

int main(int count, char **arguments) {
    char self[PATH_MAX], here[PATH_MAX];
    const char *first = count > 1 ? arguments[1] : "", *wish = getenv("APPIMAGE_EXTRACT_AND_RUN");
    bool extracting = wish && strcmp(wish, "1") == 0;
    off_t offset = image_offset();
    ssize_t size = readlink(SELF, self, sizeof self - 1);
    if (getauxval(AT_SECURE)) fail("it must not be started with the rights of another user");
    if (size < 0) fail("cannot find itself: %s", strerror(errno));
    self[size] = '\0';
    if (strcmp(first, "--appimage-help") == 0) return printf(HELP, self) < 0;
    if (strcmp(first, "--appimage-version") == 0) return puts(TEE_REX_VERSION) < 0;
    if (strcmp(first, "--appimage-offset") == 0) return printf("%ld\n", (long)offset) < 0;
    if (strcmp(first, "--appimage-extract") == 0) extract(offset);
    if (strcmp(first, "--appimage-extract-and-run") == 0) {
        extracting = true;
        arguments[1] = arguments[0];
        arguments++;
    }
    char *folder = extracting ? NULL : mounted(offset);
    if (strcmp(first, "--appimage-mount") == 0) {
        if (!folder) fail("there is no FUSE here");
        puts(folder);
        fflush(stdout);
        pause();
        return 0;
    }
    if (!folder) folder = unpacked(offset);
    setenv("APPIMAGE", self, 1);
    setenv("APPDIR", folder, 1);
    setenv("ARGV0", arguments[0], 1);
    if (getcwd(here, sizeof here)) setenv("OWD", here, 1);
    char *program = path("%s/AppRun", folder);
    execv(program, arguments);
    fail("cannot start %s: %s", program, strerror(errno));
}
