<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="account-form.xsl"/>
  <xsl:import href="sessions.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Account %1', account/@identifier)"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}"><a href="/accounts"><xsl:value-of select="t:t('Accounts')"/></a></nav>
    <h1><xsl:call-template name="title"/></h1>
    <xsl:call-template name="done"/>
    <xsl:apply-templates select="account"/>
  </xsl:template>

  <xsl:template match="account">
    <dl class="facts">
      <dt><xsl:value-of select="t:t('Name')"/></dt><dd><xsl:value-of select="@name"/></dd>
      <dt><xsl:value-of select="t:t('Role')"/></dt><dd><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></dd>
      <xsl:if test="@document != ''">
        <dt><xsl:value-of select="t:t('Document')"/></dt><dd><xsl:value-of select="@document"/></dd>
        <dt><xsl:value-of select="t:t('From the day')"/></dt><dd><xsl:value-of select="@from"/></dd>
        <dt><xsl:value-of select="t:t('To the day')"/></dt><dd><xsl:value-of select="@to"/><xsl:if test="@to = ''"><xsl:value-of select="t:t('no end')"/></xsl:if></dd>
      </xsl:if>
      <xsl:if test="@organisation != ''"><dt><xsl:value-of select="t:t('Organisation')"/></dt><dd class="id"><xsl:value-of select="@organisation"/></dd></xsl:if>
      <xsl:if test="@site != ''"><dt><xsl:value-of select="t:t('Site')"/></dt><dd><xsl:call-template name="site-name"><xsl:with-param name="site" select="@site"/></xsl:call-template></dd></xsl:if>
      <xsl:if test="@new"><dt><xsl:value-of select="t:t('State')"/></dt><dd><xsl:value-of select="t:t('has not logged in yet')"/></dd></xsl:if>
      <dt><xsl:value-of select="t:t('One-time codes')"/></dt><dd><xsl:choose>
        <xsl:when test="@second-factor"><xsl:value-of select="t:t('are asked for')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('none set up')"/></xsl:otherwise>
      </xsl:choose></dd>
    </dl>
    <xsl:choose>
      <xsl:when test="@self"><p class="notice"><xsl:value-of select="t:t('This is your own account: a colleague changes it.')"/></p></xsl:when>
      <xsl:otherwise><xsl:call-template name="changes"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="changes">
    <h2><xsl:value-of select="t:t('Open sessions')"/></h2>
    <xsl:choose>
      <xsl:when test="/page/session">
        <xsl:call-template name="sessions">
          <xsl:with-param name="action" select="'/accounts/session'"/>
          <xsl:with-param name="identifier" select="@identifier"/>
          <xsl:with-param name="all" select="'all'"/>
          <xsl:with-param name="all-text" select="t:t('End all of them')"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise><p><xsl:value-of select="t:t('Nobody is logged in under this account.')"/></p></xsl:otherwise>
    </xsl:choose>
    <div class="changes">
      <section aria-labelledby="role-head">
        <h2 id="role-head"><xsl:value-of select="t:t('Role and days')"/></h2>
        <form class="card" method="post" action="/accounts/appoint">
          <xsl:call-template name="hidden"/>
          <xsl:call-template name="role-choice"><xsl:with-param name="chosen" select="@role"/></xsl:call-template>
          <xsl:call-template name="office-fields"/>
          <button type="submit"><xsl:value-of select="t:t('Give the role')"/></button>
        </form>
      </section>
      <section aria-labelledby="door-head">
        <h2 id="door-head"><xsl:value-of select="t:t('Code')"/></h2>
        <form class="card" method="post" action="/accounts/code">
          <xsl:call-template name="hidden"/>
          <p class="hint"><xsl:value-of select="t:t('The code was lost: another one is shown here, once. Sessions that are open end.')"/></p>
          <button type="submit"><xsl:value-of select="t:t('Another code')"/></button>
        </form>
        <h2><xsl:value-of select="t:t('One-time codes')"/></h2>
        <form class="card" method="post" action="/accounts/totp">
          <xsl:call-template name="hidden"/>
          <p class="hint"><xsl:value-of select="t:t('At each log-in six digits from a device are asked for as well. The secret for it is shown here, once.')"/></p>
          <button type="submit"><xsl:value-of select="t:t('Set up one-time codes')"/></button>
          <button class="plain" type="submit" formaction="/accounts/totp-remove"><xsl:value-of select="t:t('The device was lost: remove them')"/></button>
        </form>
        <h2><xsl:value-of select="t:t('Out of office')"/></h2>
        <form class="card" method="post" action="/accounts/dismiss">
          <xsl:call-template name="hidden"/>
          <div>
            <label for="reason"><xsl:value-of select="t:t('Reason')"/></label>
            <input id="reason" name="document" type="text" required="required" maxlength="200" autocomplete="off" aria-describedby="reason-hint"/>
            <p class="hint" id="reason-hint"><xsl:value-of select="t:t('The account stays, with all that it has paid, and sees nothing any more.')"/></p>
          </div>
          <button type="submit"><xsl:value-of select="t:t('Take the role away')"/></button>
        </form>
        <form class="card" method="post" action="/accounts/remove">
          <xsl:call-template name="hidden"/>
          <div>
            <label><input name="sure" type="checkbox" required="required" value="yes"/><xsl:text> </xsl:text><xsl:value-of select="t:t('The account is not needed any more, not even to be looked up.')"/></label>
          </div>
          <button class="plain" type="submit"><xsl:value-of select="t:t('Remove the account for good')"/></button>
        </form>
      </section>
    </div>
  </xsl:template>

  <xsl:template name="hidden">
    <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
    <input type="hidden" name="identifier" value="{@identifier}"/>
  </xsl:template>
</xsl:stylesheet>
